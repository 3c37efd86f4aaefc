import type { Logger } from "pino";
import type { Hex } from "viem";
import { createChangeEmitter, nextChange } from "../../core/change.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { keepNewest } from "../../core/keep-newest.ts";
import { createLoop } from "../../core/loop.ts";
import type { SignedRecord } from "../../core/records/index.ts";
import type { Service } from "../../core/service.ts";
import { backboneRoutes, maxReplicated } from "../api.ts";
import { createBackboneClient } from "../client.ts";

/** Nodes whose newest record is kept for the backbones that were away. */
const maxKept = 10_000;
/** What announces itself within that time goes out together. */
const gatherMs = 200;
const retryMs = 15_000;
const requestTimeoutMs = 20_000;
/** How long the contract's list of backbones is good for. */
const listLifetimeMs = 60_000;

export interface ReplicatorDeps {
  /** Where the other backbones are asked. @throws CHAIN_UNREACHABLE */
  others(): Promise<readonly string[]>;
  now: () => number;
  log: Logger;
}

/** Hands the records that are announced here on to the other backbones, so that each knows where everybody is. */
export interface Replicator extends Service {
  add(peerId: Hex, signed: SignedRecord): void;
}

export function createReplicator({ others, now, log }: ReplicatorDeps): Replicator {
  const { stopping, ...life } = createLoop(() => run());
  const news = createChangeEmitter();
  /** In the order in which they came; a node's newer record takes its older one's place, at the end. */
  const kept = new Map<Hex, { number: number; signed: SignedRecord }>();
  /** Of each backbone, up to which record it has been told. */
  const told = new Map<string, number>();
  let last = 0;
  let urls: readonly string[] = [];
  let listedAtMs = Number.NEGATIVE_INFINITY;

  async function refreshList(): Promise<void> {
    if (now() < listedAtMs + listLifetimeMs) return;
    try {
      urls = await others();
      listedAtMs = now();
      for (const url of told.keys()) if (!urls.includes(url)) told.delete(url);
    } catch (error) {
      log.debug({ err: error }, "the other backbones cannot be listed now");
    }
  }

  const missing = (url: string) => [...kept.values()].filter(({ number }) => number > (told.get(url) ?? 0));

  /** Whether this backbone has been told of everything. */
  async function tell(url: string): Promise<boolean> {
    try {
      for (let batch = missing(url); batch.length > 0; batch = missing(url)) {
        const part = batch.slice(0, maxReplicated);
        const records = part.map(({ signed }) => signed);
        const client = createBackboneClient({ baseUrl: url, timeoutMs: requestTimeoutMs });
        await client.call(backboneRoutes.replicate, { records }, { signal: stopping });
        told.set(url, part.at(-1)?.number ?? last);
      }
      return true;
    } catch (error) {
      if (!stopping.aborted) {
        const reason = ShadowMeshError.is(error) ? error.code : String(error);
        log.debug({ url, reason }, "a backbone takes no records now");
      }
      return false;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.aborted) {
      await nextChange([], gatherMs, stopping);
      if (stopping.aborted) return;
      const seen = last;
      await refreshList();
      const complete = await Promise.all(urls.map(tell));
      if (last !== seen) continue;
      await nextChange([news], complete.every(Boolean) ? listLifetimeMs : retryMs, stopping);
    }
  }

  return {
    ...life,
    add(peerId, signed) {
      keepNewest(kept, peerId, { number: ++last, signed }, maxKept);
      news.emit();
    },
  };
}
