import { ShadowMeshError } from "../../core/errors.ts";
import { type Report, signReport } from "../../core/evidence/report.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { backboneErrors } from "../errors.ts";
import type { EpochClock } from "./epochs.ts";
import type { ProbeTable } from "./probe-table.ts";

/**
 * Our own report of a closed epoch. Once made it stays as it is: a probe that ended later is not in it.
 *
 * @throws EPOCH_OPEN while probes of the epoch may still be under way
 */
export type OwnReport = (epochs: EpochClock, epoch: number) => Promise<Report | null>;

export function createOwnReport(deps: {
  identity: Identity;
  domain: StatementDomain;
  table: ProbeTable;
  now: () => number;
}): OwnReport {
  const { identity, domain, table, now } = deps;
  const made = new Map<number, Promise<Report | null>>();

  async function make({ epochLengthS }: EpochClock, epoch: number): Promise<Report | null> {
    const probes = await table.ofEpoch(identity.peerId, epoch);
    return probes.length === 0 ? null : signReport(identity, probes, { domain, epoch, epochLengthS });
  }

  return (epochs, epoch) => {
    const closed = epochs.closedAt(now());
    if (epoch > closed) {
      return Promise.reject(new ShadowMeshError(backboneErrors.EPOCH_OPEN, { details: { epoch, closed } }));
    }
    for (const old of made.keys()) if (old < closed - 1) made.delete(old);
    const known = made.get(epoch);
    if (known !== undefined) return known;
    const making = make(epochs, epoch);
    if (epoch >= closed - 1) made.set(epoch, making);
    making.catch(() => made.delete(epoch));
    return making;
  };
}
