import type { SingleKadDHT } from "@libp2p/kad-dht";
import type { Hex } from "viem";
import { ShadowMeshError } from "../errors.ts";
import { keepNewest } from "../keep-newest.ts";
import {
  maxRecordBytes,
  type NodeRecord,
  newerRecord,
  recordErrors,
  type SignedRecord,
  signedRecordSchema,
} from "../records/index.ts";
import { recordCopies } from "./dht-servers.ts";
import { overlayErrors } from "./errors.ts";

/** Namespace of node records in the DHT: `/shadowmesh/<peer ID in hex>`. */
export const recordNamespace = "shadowmesh";

/** Proves a signed record; see `verifyRecord` of core/records. */
export type VerifyRecord = (signed: SignedRecord) => Promise<NodeRecord>;

/** Row S2's two DHTs: among the servers of our region, and among all. */
export type View = "regional" | "global";

/** The node records in both views, which are asked beside each other; see docs/adr/0022. */
export type RecordViews = Readonly<Record<View, RecordDht>>;

/** The node records in one DHT. */
export interface RecordDht {
  /** How many servers it knows. */
  readonly servers: number;
  /** How many of them are to have a record. */
  readonly copies: number;
  /** Stores our record with the DHT servers nearest to its key; resolves to how many took it. */
  put(peerId: Hex, signed: SignedRecord, signal: AbortSignal): Promise<number>;
  /**
   * The first valid record that a server gives, or null; with `newest`, the newest of all that they give.
   *
   * @throws DHT_UNREACHABLE where no server has answered
   */
  get(peerId: Hex, signal: AbortSignal, options?: { newest?: boolean }): Promise<NodeRecord | null>;
}

export function createRecordViews(
  dhts: { regionalDht: { readonly current: SingleKadDHT | null }; dht: SingleKadDHT },
  verify: VerifyRecord,
): RecordViews {
  return {
    regional: createRecordDht(() => dhts.regionalDht.current, verify),
    global: createRecordDht(() => dhts.dht, verify),
  };
}

/** @param current null while there is no such DHT */
export function createRecordDht(current: () => SingleKadDHT | null, verify: VerifyRecord): RecordDht {
  return {
    get servers() {
      return current()?.routingTable.size ?? 0;
    },
    get copies() {
      return Math.min(this.servers, recordCopies);
    },
    async put(peerId, signed, signal) {
      let stored = 0;
      for await (const event of current()?.put(recordKey(peerId), encodeRecord(signed), { signal }) ?? []) {
        if (event.name === "PEER_RESPONSE" && event.messageName === "PUT_VALUE") stored++;
      }
      return stored;
    },
    async get(peerId, signal, { newest = false } = {}) {
      let best: NodeRecord | null = null;
      let answers = 0;
      const consider = async (value: Uint8Array) => {
        const record = await decodeRecord(value, verify).catch(() => null);
        if (record?.peerId === peerId) best = best === null ? record : newerRecord(best, record);
      };
      try {
        for await (const event of current()?.get(recordKey(peerId), { signal }) ?? []) {
          if (event.name === "VALUE") await consider(event.value);
          // That is how kad-dht tells of a server whose answer it discards, such as a record that has run out.
          if (event.name === "QUERY_ERROR" && event.error.name === "QueryError") answers++;
          if (event.name === "PEER_RESPONSE") {
            answers++;
            if (event.record !== undefined) await consider(event.record.value);
          }
          // Leaving the loop calls the others off: one that is slow, or means to be, keeps nobody waiting.
          if (best !== null && !newest) break;
        }
      } catch (error) {
        // One server that holds an old record and can't be corrected ends the query; what the others said still counts.
        if (best === null) throw error;
      }
      if (best === null && answers === 0) throw new ShadowMeshError(overlayErrors.DHT_UNREACHABLE);
      return best;
    },
  };
}

/** Nodes whose newest sequence a server remembers; 10,000 take about 1 MB. */
const maxRemembered = 10_000;

/**
 * What a DHT server checks before it stores or passes on a value of our namespace. An older record of a node that it
 * has seen a newer one of is refused: anybody could replay it, and kad-dht would let it take the newer one's place.
 */
export function recordValidator(verify: VerifyRecord) {
  const newest = new Map<Hex, number>();
  return async (key: Uint8Array, value: Uint8Array): Promise<void> => {
    const { peerId, sequence } = await decodeRecord(value, verify);
    if (!Buffer.from(recordKey(peerId)).equals(key)) {
      throw new ShadowMeshError(recordErrors.RECORD_INVALID, {
        message: "The node record is stored under another node's key.",
      });
    }
    if (sequence < (newest.get(peerId) ?? 0)) {
      throw new ShadowMeshError(recordErrors.RECORD_INVALID, { message: "A newer record of this node is known." });
    }
    keepNewest(newest, peerId, sequence, maxRemembered);
  };
}

/** Of several valid values, the index of the newest; the validator has proved them all by then. */
export function recordSelector(_key: Uint8Array, values: Uint8Array[]): number {
  const sequences = values.map((value) => sequenceOf(value));
  return sequences.reduce((best, sequence, index) => (sequence > (sequences[best] ?? -1) ? index : best), 0);
}

function recordKey(peerId: Hex): Uint8Array {
  return new TextEncoder().encode(`/${recordNamespace}/${peerId}`);
}

export function encodeRecord(signed: SignedRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(signed));
}

export async function decodeRecord(value: Uint8Array, verify: VerifyRecord): Promise<NodeRecord> {
  // Escaped, the content may be twice as long as itself; past that nobody's honest record goes.
  if (value.length > 2 * maxRecordBytes) throw new ShadowMeshError(recordErrors.RECORD_INVALID);
  const parsed = signedRecordSchema.safeParse(parseJson(value));
  if (!parsed.success) throw new ShadowMeshError(recordErrors.RECORD_INVALID, { cause: parsed.error });
  return verify(parsed.data);
}

function sequenceOf(value: Uint8Array): number {
  const outer = signedRecordSchema.safeParse(parseJson(value));
  if (!outer.success) return -1;
  const content = parseJson(new TextEncoder().encode(outer.data.content)) as { sequence?: unknown } | undefined;
  return typeof content?.sequence === "number" ? content.sequence : -1;
}

function parseJson(value: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(value));
  } catch {
    return undefined;
  }
}
