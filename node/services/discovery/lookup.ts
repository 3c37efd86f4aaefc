import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { type Overlay, overlayErrors, type RecordDht } from "../../core/overlay/index.ts";
import { type NodeRecord, newerRecord, recordErrors, type SignedRecord } from "../../core/records/index.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import { traced } from "../../core/tracing/index.ts";
import { discoveryErrors } from "./errors.ts";

/**
 * How long the backbone may take before the DHTs are asked as well: it has every record in memory, and answers within
 * milliseconds. Asked at once, the DHTs would have half a dozen servers work for nothing at every look-up.
 */
const headStartMs = 20;
/** One source that is slow must not keep the other's answer back for longer, where both are heard. */
const freshTimeoutMs = 5_000;

export type LookupSource = "self" | "cache" | "regional-dht" | "global-dht" | "backbone" | "last-known";

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
  /** A record that may have run out, for when nobody can be asked. @default none */
  lastKnown?: { get(peerId: Hex): NodeRecord | undefined };
}

export type Lookup = (peerId: Hex, signal: AbortSignal, options?: { fresh?: boolean }) => Promise<Found>;

/**
 * Makes the look-up: our own record, then the cache, then a backbone with a head start over the DHT of our region and the
 * global one, of which the first valid record wins (docs/adr/0024); where none can be asked, where the peer was known last.
 * With `fresh`, for when the addresses that were found proved dead, the cache is passed over and all are asked at once and
 * heard out: the newest record wins, so that a replayed one only costs time.
 *
 * @throws PEER_NOT_FOUND where a source that was asked knows no such peer, LOOKUP_UNAVAILABLE where none could be
 *   asked, NOT_ANNOUNCED
 */
export function createLookup(deps: LookupDeps): Lookup {
  const lookup: Lookup = async (peerId, signal, options = {}) => {
    const startedAt = performance.now();
    const found = (record: NodeRecord, source: LookupSource): Found => {
      if (source !== "self" && source !== "cache" && source !== "last-known") deps.overlay.cache.add(record);
      return { record, source, elapsedMs: performance.now() - startedAt };
    };

    const own = deps.ownRecord();
    if (own?.peerId === peerId) return found(own, "self");
    if (peerId === deps.self) throw new ShadowMeshError(discoveryErrors.NOT_ANNOUNCED, { details: { peerId } });
    const cached = options.fresh ? undefined : deps.overlay.cache.get(peerId);
    if (cached !== undefined) return found(cached, "cache");

    const settled = new AbortController();
    const patience = options.fresh ? [timeoutSignal(freshTimeoutMs)] : [];
    const limit = AbortSignal.any([signal, settled.signal, ...patience]);
    const { regional, global } = deps.overlay.records;
    const newest = options.fresh === true;
    const backbone = fromBackbone(deps, peerId, limit).then((record) => found(record, "backbone"));
    const headStart = options.fresh ? Promise.resolve() : lossOf(backbone, headStartMs, limit);
    const fromDhtLater = async (view: RecordDht, source: LookupSource) => {
      await headStart;
      limit.throwIfAborted();
      return found(await fromDht(view, peerId, limit, newest), source);
    };
    const asked = [fromDhtLater(regional, "regional-dht"), fromDhtLater(global, "global-dht"), backbone];
    try {
      return await (options.fresh ? newestOf(asked) : Promise.any(asked));
    } catch (cause) {
      const error = toLookupError(cause as AggregateError, peerId);
      const known = options.fresh || signal.aborted ? undefined : deps.lastKnown?.get(peerId);
      if (known === undefined || !ShadowMeshError.is(error, discoveryErrors.LOOKUP_UNAVAILABLE)) throw error;
      return found(known, "last-known");
    } finally {
      settled.abort();
    }
  };
  return (...asked) =>
    traced(
      "lookup",
      () => lookup(...asked),
      ({ source }) => ({ "lookup.source": source }),
    );
}

/** Resolves once the favourite has lost, be it that it failed or that it took too long; or when all is over. */
function lossOf(favourite: Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const lost = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(lost, ms);
    favourite.catch(lost);
    signal.addEventListener("abort", lost, { once: true });
  });
}

/** @throws AggregateError where none has an answer, as `Promise.any` does */
async function newestOf(asked: readonly Promise<Found>[]): Promise<Found> {
  const settled = await Promise.allSettled(asked);
  const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (answers.length === 0) throw new AggregateError(settled.map((one) => (one as PromiseRejectedResult).reason));
  return answers.reduce((best, one) => (newerRecord(best.record, one.record) === best.record ? best : one));
}

async function fromDht(view: RecordDht, peerId: Hex, signal: AbortSignal, newest: boolean): Promise<NodeRecord> {
  return present(await view.get(peerId, signal, { newest }), peerId);
}

async function fromBackbone(deps: LookupDeps, peerId: Hex, signal: AbortSignal): Promise<NodeRecord> {
  const signed = await deps.backbone.lookup(peerId, signal);
  const record = present(signed === null ? null : await deps.verifyRecord(signed), peerId);
  if (record.peerId !== peerId) throw new ShadowMeshError(recordErrors.RECORD_INVALID, { details: { peerId } });
  return record;
}

/** Whether the sources know no such peer, or could not say. What a region does not know may stand in another one. */
function toLookupError(cause: AggregateError, peerId: Hex): ShadowMeshError {
  // In the order in which they were asked.
  const [, dht, backbone] = cause.errors.map(whyNotAsked);
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
