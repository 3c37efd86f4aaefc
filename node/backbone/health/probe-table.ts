import { and, eq, lt } from "drizzle-orm";
import type { Hex } from "viem";
import type { ProbeLine } from "../../core/evidence/lines.ts";
import { type Database, probes } from "../database/index.ts";

export interface ProbeTable {
  put(epoch: number, probe: ProbeLine): Promise<void>;
  ofEpoch(prober: Hex, epoch: number): Promise<ProbeLine[]>;
  /** Deletes the probes of epochs before this one. */
  purge(epoch: number): Promise<void>;
}

/** The probes in the database. @throws DATABASE_UNAVAILABLE */
export function createProbeTable({ database }: { database: Database }): ProbeTable {
  return {
    async put(epoch, { kind: _, ...probe }) {
      await database.run((db) => db.insert(probes).values({ ...probe, epoch }));
    },
    async ofEpoch(prober, epoch) {
      const wanted = and(eq(probes.epoch, epoch), eq(probes.prober, prober));
      const rows = await database.run((db) => db.select().from(probes).where(wanted));
      return rows.map((row) => ({
        kind: "probe",
        prober,
        node: row.node as Hex,
        nonce: row.nonce as Hex,
        latencyMs: row.latencyMs,
        mlDsaKeyHash: row.mlDsaKeyHash as Hex | null,
        signature: row.signature as Hex | null,
      }));
    },
    async purge(epoch) {
      await database.run((db) => db.delete(probes).where(lt(probes.epoch, epoch)));
    },
  };
}
