import { lt, sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Audit } from "../audit/index.ts";
import { type Database, honeypotHits } from "../database/index.ts";

/** One event, and so one alert, tells of all hits of a minute; the first of them at once. */
const windowMs = 60_000;
/** Addresses kept of one window: who has more of them is told by the number of hits. */
const maxAddresses = 256;
const dayMs = 24 * 3_600_000;

export interface Hits {
  count(path: string, address: string): void;
  /** Records what was counted, where the last time is a minute ago or `force` says so. */
  flush(force?: boolean): Promise<void>;
  /** Deletes addresses that are older than they may be kept. */
  purge(): Promise<void>;
}

export interface HitsDeps {
  database: Database;
  audit: Pick<Audit, "record">;
  now: () => number;
  log: Logger;
}

/** Counts who walked into a trap. Addresses go into a table of their own, which forgets; the audit log has none. */
export function createHits({ retentionDays }: { retentionDays: number }, deps: HitsDeps): Hits {
  const { database, audit, now, log } = deps;
  let paths = new Map<string, number>();
  let addresses = new Map<string, number>();
  let recordedAtMs = Number.NEGATIVE_INFINITY;

  const add = (counts: Map<string, number>, key: string, hits: number) =>
    counts.set(key, (counts.get(key) ?? 0) + hits);

  async function keep(taken: ReadonlyMap<string, number>): Promise<void> {
    if (retentionDays === 0 || taken.size === 0) return;
    const rows = [...taken].map(([address, hits]) => ({ address, hits, lastAtMs: now() }));
    const more = { hits: sql`${honeypotHits.hits} + excluded.hits`, lastAtMs: now() };
    await database.run((db) =>
      db.insert(honeypotHits).values(rows).onConflictDoUpdate({ target: honeypotHits.address, set: more }),
    );
  }

  return {
    count(path, address) {
      add(paths, path, 1);
      if (addresses.has(address) || addresses.size < maxAddresses) add(addresses, address, 1);
    },
    async flush(force = false) {
      if (paths.size === 0 || (!force && now() < recordedAtMs + windowMs)) return;
      const [takenPaths, takenAddresses] = [paths, addresses];
      [paths, addresses] = [new Map(), new Map()];
      recordedAtMs = now();
      const details = { paths: Object.fromEntries(takenPaths), addresses: takenAddresses.size };
      try {
        await keep(takenAddresses);
        await audit.record({ type: "honeypot.hit", actor: null, subject: null, details });
      } catch (error) {
        log.warn({ err: error }, "hits of honeypots could not be recorded yet");
        for (const [path, hits] of takenPaths) add(paths, path, hits);
        recordedAtMs = Number.NEGATIVE_INFINITY;
      }
    },
    async purge() {
      const kept = lt(honeypotHits.lastAtMs, now() - retentionDays * dayMs);
      await database.run((db) => db.delete(honeypotHits).where(kept));
    },
  };
}
