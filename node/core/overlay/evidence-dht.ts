import type { KadDHT } from "@libp2p/kad-dht";
import type { Hex } from "viem";
import { ShadowMeshError } from "../errors.ts";
import { evidenceErrors } from "../evidence/errors.ts";
import { type EvidenceLocation, locationSchema, maxLocationBytes } from "../evidence/location.ts";

/** Namespace of evidence in the DHT: `/shadowmesh-evidence/<Merkle root in hex>`. */
export const evidenceNamespace = "shadowmesh-evidence";

/** Proves that a location is the word of a backbone of the contract. @throws EVIDENCE_INVALID */
export type VerifyLocation = (location: EvidenceLocation) => Promise<void>;

/** Where the evidence behind the scores is, in the DHT: who knows a root from the chain finds a file. */
export interface EvidenceDht {
  /** Resolves to how many DHT servers took it. */
  put(location: EvidenceLocation, signal: AbortSignal): Promise<number>;
  /** The newest valid location that the DHT holds, or null. */
  get(root: Hex, signal: AbortSignal): Promise<EvidenceLocation | null>;
}

const refuse: VerifyLocation = async () => {
  throw new ShadowMeshError(evidenceErrors.EVIDENCE_INVALID);
};

/** @param verify @default no location counts */
export function createEvidenceDht(dht: KadDHT, verify: VerifyLocation = refuse): EvidenceDht {
  return {
    async put(location, signal) {
      let stored = 0;
      const value = new TextEncoder().encode(JSON.stringify(location));
      for await (const event of dht.put(keyOf(location.root), value, { signal })) {
        if (event.name === "PEER_RESPONSE" && event.messageName === "PUT_VALUE") stored++;
      }
      return stored;
    },
    async get(root, signal) {
      let best: EvidenceLocation | null = null;
      for await (const event of dht.get(keyOf(root), { signal })) {
        if (event.name !== "VALUE") continue;
        const location = decode(event.value);
        if (location?.root !== root || location.issuedAtMs <= (best?.issuedAtMs ?? -1)) continue;
        best = await verify(location).then(
          () => location,
          () => best,
        );
      }
      return best;
    },
  };
}

/** What a DHT server checks before it stores or passes on a value of this namespace. */
export function evidenceValidator(verify: VerifyLocation = refuse) {
  return async (key: Uint8Array, value: Uint8Array): Promise<void> => {
    const location = decode(value);
    if (location === null || !Buffer.from(keyOf(location.root)).equals(key)) {
      throw new ShadowMeshError(evidenceErrors.EVIDENCE_INVALID, {
        message: "The location of an evidence is malformed, or stored under another root.",
      });
    }
    await verify(location);
  };
}

/** Of several valid values, the index of the newest. */
export function evidenceSelector(_key: Uint8Array, values: Uint8Array[]): number {
  const times = values.map((value) => decode(value)?.issuedAtMs ?? -1);
  return times.indexOf(Math.max(...times));
}

function keyOf(root: Hex): Uint8Array {
  return new TextEncoder().encode(`/${evidenceNamespace}/${root}`);
}

function decode(value: Uint8Array): EvidenceLocation | null {
  if (value.length > maxLocationBytes) return null;
  try {
    return locationSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(value)));
  } catch {
    return null;
  }
}
