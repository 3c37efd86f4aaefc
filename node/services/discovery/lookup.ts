import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Overlay, overlayErrors } from "../../core/overlay/index.ts";
import { type NodeRecord, recordErrors, type SignedRecord } from "../../core/records/index.ts";
import { discoveryErrors } from "./errors.ts";

export type LookupSource = "self" | "cache" | "dht" | "backbone";

export interface Found {
  readonly record: NodeRecord;
  readonly source: LookupSource;
  readonly elapsedMs: number;
}

export interface LookupDeps {
  self: Hex;
  overlay: Pick<Overlay, "cache" | "records">;
  /** A backbone's public registry. */
  backbone: { lookup(peerId: Hex, signal: AbortSignal): Promise<SignedRecord | null> };
  verifyRecord(signed: SignedRecord): Promise<NodeRecord>;
  ownRecord(): NodeRecord | null;
}

export type Lookup = (peerId: Hex, signal: AbortSignal, options?: { fresh?: boolean }) => Promise<Found>;

/**
 * Makes the look-up: our own record, then the cache, then DHT and backbone in parallel, of which the first valid
 * record wins. With `fresh` the cache is passed over, for when its addresses proved dead.
 *
 * @throws PEER_NOT_FOUND where a source that was asked knows no such peer, LOOKUP_UNAVAILABLE where none could be
 *   asked, NOT_ANNOUNCED
 */
export function createLookup(deps: LookupDeps): Lookup {
  return async (peerId, signal, options = {}) => {
    const startedAt = performance.now();
    const found = (record: NodeRecord, source: LookupSource): Found => {
      if (source === "dht" || source === "backbone") deps.overlay.cache.add(record);
      return { record, source, elapsedMs: performance.now() - startedAt };
    };

    const own = deps.ownRecord();
    if (own?.peerId === peerId) return found(own, "self");
    if (peerId === deps.self) throw new ShadowMeshError(discoveryErrors.NOT_ANNOUNCED, { details: { peerId } });
    const cached = options.fresh ? undefined : deps.overlay.cache.get(peerId);
    if (cached !== undefined) return found(cached, "cache");

    const settled = new AbortController();
    const limit = AbortSignal.any([signal, settled.signal]);
    try {
      return await Promise.any([
        fromDht(deps, peerId, limit).then((record) => found(record, "dht")),
        fromBackbone(deps, peerId, limit).then((record) => found(record, "backbone")),
      ]);
    } catch (cause) {
      throw toLookupError(cause as AggregateError, peerId);
    } finally {
      settled.abort();
    }
  };
}

async function fromDht(deps: LookupDeps, peerId: Hex, signal: AbortSignal): Promise<NodeRecord> {
  return present(await deps.overlay.records.get(peerId, signal), peerId);
}

async function fromBackbone(deps: LookupDeps, peerId: Hex, signal: AbortSignal): Promise<NodeRecord> {
  const signed = await deps.backbone.lookup(peerId, signal);
  const record = present(signed === null ? null : await deps.verifyRecord(signed), peerId);
  if (record.peerId !== peerId) throw new ShadowMeshError(recordErrors.RECORD_INVALID, { details: { peerId } });
  return record;
}

/** Whether the sources know no such peer, or could not say. */
function toLookupError(cause: AggregateError, peerId: Hex): ShadowMeshError {
  // In the order in which they were asked.
  const [dht, backbone] = cause.errors.map(whyNotAsked);
  const definition =
    dht === undefined || backbone === undefined ? overlayErrors.PEER_NOT_FOUND : discoveryErrors.LOOKUP_UNAVAILABLE;
  return new ShadowMeshError(definition, { cause, details: { peerId, dht, backbone } });
}

/** undefined where a source has answered, be it with nothing or with a lie. */
function whyNotAsked(error: unknown): string | undefined {
  if (ShadowMeshError.is(error, overlayErrors.PEER_NOT_FOUND)) return undefined;
  if (ShadowMeshError.is(error, recordErrors.RECORD_INVALID)) return undefined;
  if (ShadowMeshError.is(error)) return error.message;
  const { name, message } = error as Error;
  return name === "TimeoutError" || name === "AbortError" ? "It did not answer in time." : message;
}

function present(record: NodeRecord | null, peerId: Hex): NodeRecord {
  if (record === null) throw new ShadowMeshError(overlayErrors.PEER_NOT_FOUND, { details: { peerId } });
  return record;
}
