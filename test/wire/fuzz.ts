import { isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { createRandom } from "../harness/random.ts";
import { mutate } from "./mutate.ts";
import { type OpenTarget, refused, type Target } from "./target.ts";

export interface FuzzResult {
  rounds: number;
  refused: number;
  /** Taken, for what they rightly mean. */
  accepted: number;
}

/** After how many changes of one message another one is made. */
const changesEach = 16;
/** A parser that is busy for so long hangs. */
const answerTimeoutMs = 60_000;
/** What a parser may still hold once it has read hundreds of messages of up to 200 kB. */
const maxGrowthBytes = 32 * 2 ** 20;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/**
 * Feeds a parser changed messages: each is refused as it says, or is taken for what it rightly means.
 *
 * @throws where it does anything else, with what shows it again
 */
export async function fuzz(target: Target, seed: number, goesOn: (rounds: number) => boolean): Promise<FuzzResult> {
  const random = createRandom(seed);
  const open = await target.open();
  const result: FuzzResult = { rounds: 0, refused: 0, accepted: 0 };
  let original: Uint8Array = new Uint8Array();
  let meant: unknown;
  try {
    const before = await settledBytes(open, random.integer(2 ** 32));
    for (; goesOn(result.rounds); result.rounds++) {
      if (open.worksOnce || result.rounds % changesEach === 0) {
        original = await open.valid(random);
        meant = open.worksOnce ? undefined : await understood(open, original);
      }
      const changed = mutate(original, random);
      const bytes = open.frame !== undefined && random.integer(6) > 0 ? open.frame(changed) : changed;
      const show = () => `${target.name}, seed ${seed}, round ${result.rounds}: ${shown(bytes)}`;
      const meaning = await outcome(open, bytes, show);
      if (meaning === refused) result.refused++;
      else if (open.isSound?.(meaning, { bytes: changed, original, meant }) ?? isDeepStrictEqual(meaning, meant))
        result.accepted++;
      else throw new Error(`taken for ${inspectShort(meaning)}: ${show()}`);
    }
    // What is not collected yet counts as held: where even that is little, there is nothing to collect it for.
    const grown = usedBytes() - before > maxGrowthBytes ? (await heldBytes()) - before : 0;
    if (grown > maxGrowthBytes)
      throw new Error(`${target.name} holds ${grown} bytes more after ${result.rounds} rounds`);
    return result;
  } finally {
    await open.close?.();
  }
}

/** What an honest message is taken for. */
async function understood(open: OpenTarget, original: Uint8Array): Promise<unknown> {
  const meaning = await open.read(open.frame?.(original) ?? original);
  if (meaning === refused) throw new Error(`an honest message is refused: ${shown(original)}`);
  return meaning;
}

async function outcome(open: OpenTarget, bytes: Uint8Array, show: () => string): Promise<unknown> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answerTimeoutMs);
  const hung = new Promise<never>((_, reject) => {
    late.signal.addEventListener("abort", () => reject(new Error(`no answer after ${answerTimeoutMs} ms: ${show()}`)));
  });
  try {
    return await Promise.race([open.read(bytes), hung]);
  } catch (error) {
    if (ShadowMeshError.is(error) && open.codes.includes(error.code)) return refused;
    if (late.signal.aborted) throw error;
    throw new Error(`neither refused as it should be nor taken: ${show()}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** What is held once caches and compiled code are there. */
async function settledBytes(open: OpenTarget, seed: number): Promise<number> {
  const random = createRandom(seed);
  for (let round = 0; round < 4; round++) {
    await open.read(mutate(await open.valid(random), random)).catch(() => undefined);
  }
  return heldBytes();
}

async function heldBytes(): Promise<number> {
  // What the first finds unused, such as the memory of buffers, is gone with the second.
  collectGarbage();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return usedBytes();
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function shown(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, 2_000)).toString("hex");
  return `${bytes.length} bytes ${hex}${bytes.length > 2_000 ? "…" : ""}`;
}

function inspectShort(meaning: unknown): string {
  return JSON.stringify(meaning, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))?.slice(
    0,
    500,
  );
}
