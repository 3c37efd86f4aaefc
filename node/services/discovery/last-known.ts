import { join } from "node:path";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { z } from "zod";
import { type ChangeSource, nextChange } from "../../core/change.ts";
import { createLoop } from "../../core/loop.ts";
import type { PeerCache } from "../../core/overlay/index.ts";
import { type NodeRecord, newerRecord, type SignedRecord, signedRecordSchema } from "../../core/records/index.ts";
import { timestampMsSchema } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { readFileIfPresent, writeFileAtomically } from "../../core/store/index.ts";

const dayMs = 24 * 3_600_000;
/** Row S2: nodes of our region are kept for 30 days, others for two months: those nearby are met again soon. */
export const lastKnownLimits = { regionalMs: 30 * dayMs, globalMs: 60 * dayMs, entries: 500 } as const;
/** How often the cache is looked at; what a crash in between forgets can be had again. */
const saveIntervalMs = 60_000;

const fileSchema = z.array(
  z.object({ signed: signedRecordSchema, region: z.string().nullable(), seenAtMs: timestampMsSchema }),
);

interface Known {
  readonly record: NodeRecord;
  readonly region: string | null;
  /** When the record was last held to be valid. */
  readonly seenAtMs: number;
}

export interface LastKnownDeps {
  folder: string;
  cache: Pick<PeerCache, "records">;
  /** Proves a record as of a time: it may have run out since. */
  verifyRecordAt(signed: SignedRecord, atMs: number): Promise<NodeRecord>;
  /** Where the contract says that a peer stands; null where it can't be asked, or does not know. */
  regionOf(peerId: Hex): Promise<string | null>;
  ownRegion(): string | null;
  now: () => number;
  log: Logger;
}

/** Where peers were last, across restarts, though their records have run out: for when nobody can be asked. */
export interface LastKnown extends Service {
  get(peerId: Hex): NodeRecord | undefined;
  /** Up to so many, the last seen first. */
  newest(count: number): NodeRecord[];
}

export function createLastKnown(deps: LastKnownDeps): LastKnown {
  const path = join(deps.folder, "last-known.json");
  const { stopping, ...life } = createLoop(() => run());
  const nothing: readonly ChangeSource[] = [];
  let known = new Map<Hex, Known>();
  let written = "";

  const lives = ({ region, seenAtMs }: Known) => {
    const isOurs = region !== null && region === deps.ownRegion();
    return deps.now() - seenAtMs < (isOurs ? lastKnownLimits.regionalMs : lastKnownLimits.globalMs);
  };
  const newestFirst = () => [...known.values()].filter(lives).sort((a, b) => b.seenAtMs - a.seenAtMs);

  const read = async () => {
    const parsed = fileSchema.safeParse(parseJson(await readFileIfPresent(path)));
    // Whatever is damaged, or was signed for another contract, is no more than an absent one.
    for (const { signed, region, seenAtMs } of parsed.success ? parsed.data : []) {
      const record = await deps.verifyRecordAt(signed, seenAtMs).catch(() => null);
      if (record !== null) known.set(record.peerId, { record, region, seenAtMs });
    }
  };

  const gather = async () => {
    for (const record of deps.cache.records()) {
      const before = known.get(record.peerId);
      // Asked once: it decides about a month or two, and the chain is not asked for a hundred peers each minute.
      const region = before?.region ?? (await deps.regionOf(record.peerId).catch(() => null));
      const newest = before === undefined ? record : newerRecord(before.record, record);
      known.set(record.peerId, { record: newest, region, seenAtMs: Math.min(deps.now(), record.expiresAtMs - 1) });
    }
    const kept = newestFirst().slice(0, lastKnownLimits.entries);
    known = new Map(kept.map((one) => [one.record.peerId, one]));
  };

  const save = async () => {
    await gather();
    const entries = [...known.values()].map(({ record, ...rest }) => ({ signed: record.signed, ...rest }));
    const content = JSON.stringify(entries);
    if (content === written) return;
    await writeFileAtomically(path, content);
    written = content;
  };
  const saveQuietly = () =>
    save().catch((error: unknown) => deps.log.warn({ err: error }, "last-known.json not written"));

  const run = async () => {
    while (!stopping.aborted) {
      await nextChange(nothing, saveIntervalMs, stopping);
      await saveQuietly();
    }
  };

  return {
    get(peerId) {
      const found = known.get(peerId);
      return found !== undefined && lives(found) ? found.record : undefined;
    },
    newest: (count) =>
      newestFirst()
        .slice(0, count)
        .map(({ record }) => record),
    async start(signal) {
      signal.throwIfAborted();
      await read();
      await life.start(signal);
    },
    stop: life.stop,
  };
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
