import type { Hex } from "viem";
import type { IsBackbone } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { evidenceErrors } from "../../core/evidence/errors.ts";
import { type EvidenceLocation, isLocationSigned, signLocation } from "../../core/evidence/location.ts";
import { maxClockOffsetMs } from "../../core/evidence/probe.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { Overlay } from "../../core/overlay/index.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";

const putTimeoutMs = 10_000;

/** Makes the check that the DHT does on where evidence is said to be: a backbone of the contract has signed it. */
export function createVerifyLocation(deps: {
  domain(): StatementDomain;
  isBackbone: IsBackbone;
  now: () => number;
}): (location: EvidenceLocation) => Promise<void> {
  return async (location) => {
    const sound =
      location.issuedAtMs <= deps.now() + maxClockOffsetMs &&
      (await isLocationSigned(location, deps.domain())) &&
      (await deps.isBackbone(location.backbone));
    if (sound) return;
    throw new ShadowMeshError(evidenceErrors.EVIDENCE_INVALID, {
      message: "The location of an evidence is not the word of a backbone.",
    });
  };
}

/** Tells the DHT that our public API has the evidence of an epoch; resolves to how many of its servers took it. */
export function createAnnounceEvidence(deps: {
  identity: Identity;
  domain(): StatementDomain;
  overlay: Pick<Overlay, "evidence">;
  now: () => number;
}) {
  return async (of: { epoch: number; root: Hex }, url: string, signal: AbortSignal): Promise<number> => {
    const location = await signLocation(deps.identity, { ...of, url, issuedAtMs: deps.now() }, deps.domain());
    return deps.overlay.evidence.put(location, AbortSignal.any([signal, timeoutSignal(putTimeoutMs)]));
  };
}
