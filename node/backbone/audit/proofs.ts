import { ShadowMeshError } from "../../core/errors.ts";
import type { Database } from "../database/index.ts";
import { auditErrors } from "./errors.ts";
import { consistencyRanges, cover, foldRange, inclusionRanges, type Range } from "./merkle.ts";
import { readHashes, readSize } from "./subtree-table.ts";

export interface Proofs {
  /** That an event is in the tree of `size`. @throws AUDIT_OUT_OF_RANGE, AUDIT_BROKEN, DATABASE_UNAVAILABLE */
  inclusion(of: { sequence: number; size: number }): Promise<{ leafHash: string; path: string[] }>;
  /** That the tree of `first` events begins the one of `second`. @throws as `inclusion` */
  consistency(of: { first: number; second: number }): Promise<{ path: string[] }>;
}

/** Proofs of RFC 6962, of stored hashes alone: among a million events, of some hundred rows by their primary key. */
export function createProofs({ database }: { database: Database }): Proofs {
  async function read(size: number, ranges: readonly Range[]): Promise<string[]> {
    return database.run(async (db) => {
      const available = await readSize(db);
      if (size > available) throw outOfRange({ available });
      const hashAt = await readHashes(
        db,
        ranges.flatMap(({ from, to }) => cover(from, to)),
      );
      return ranges.map((range) => foldRange(range, hashAt));
    });
  }

  return {
    async inclusion({ sequence, size }) {
      if (sequence >= size) throw outOfRange({ sequence, size });
      const ranges = [{ from: sequence, to: sequence + 1 }, ...inclusionRanges(sequence, size)];
      const [leafHash = "", ...path] = await read(size, ranges);
      return { leafHash, path };
    },
    async consistency({ first, second }) {
      if (first < 1 || first > second) throw outOfRange({ first, second });
      return { path: await read(second, consistencyRanges(first, second)) };
    },
  };
}

const outOfRange = (details: Record<string, number>) =>
  new ShadowMeshError(auditErrors.AUDIT_OUT_OF_RANGE, { details });
