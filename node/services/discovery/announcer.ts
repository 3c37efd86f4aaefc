import type { Logger } from "pino";
import type { Hex } from "viem";
import { backboneErrors } from "../../backbone/errors.ts";
import { createBackoff, sleep } from "../../core/backoff.ts";
import { applyChanges, type ChangeSource, createChangeEmitter, nextChange } from "../../core/change.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import { createLoop } from "../../core/loop.ts";
import type { Overlay, View } from "../../core/overlay/index.ts";
import { type NodeRecord, recordLifetimeMs, recordLimits, type SignedRecord } from "../../core/records/index.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";

/** Long enough for libp2p's several address events of one change to become one record. */
const settleMs = 50;
const publishTimeoutMs = 15_000;
/** Safety net under the events. */
const checkMs = 1_000;
/** How often it is looked whether all of the nearest DHT servers have the record, and put again where not. */
const spreadMs = { minMs: 5_000, maxMs: 5 * 60_000 };

export interface AnnouncerDeps {
  overlay: Pick<Overlay, "addresses" | "records" | "connections" | "onChange">;
  /** Whether this node may announce itself: it is registered, and connected to a backbone. */
  membership: ChangeSource & { joined(): boolean; session(): object | null };
  backbone: {
    announce(signed: SignedRecord, signal: AbortSignal): Promise<void>;
    lookup(peerId: Hex, signal: AbortSignal): Promise<SignedRecord | null>;
  };
  /** Addresses through relays, and the relays' IDs. */
  relays: ChangeSource & { addresses(): string[]; ids(): Hex[] };
  peerId: Hex;
  /** A backbone hands its record out itself, and so keeps one before it is a member. */
  servesRecord: boolean;
  sign(input: {
    addresses: string[];
    relays: Hex[];
    sequence: number;
    nowMs: number;
    replaces?: NodeRecord["replaces"];
  }): Promise<SignedRecord>;
  /** Told of a record that says that this node is elsewhere: peers need not look it up. */
  onMoved(signed: SignedRecord): void;
  verifyRecord(signed: SignedRecord): Promise<NodeRecord>;
  now: () => number;
  log: Logger;
}

export interface Announcement {
  readonly sequence: number;
  readonly atMs: number;
  /** How many DHT servers hold the record: those of the region's DHT, and those of the global one. */
  readonly dhtServers: Readonly<Record<View, number>>;
  /** The backbone's registry answers look-ups with this record. */
  readonly found: boolean;
}

export interface Announcer extends Service, ChangeSource {
  readonly last: Announcement | null;
  readonly failure: ShadowMeshError | null;
  readonly record: NodeRecord | null;
  /** Resolves once others find this node where it is now. */
  announced(signal: AbortSignal): Promise<void>;
}

/** Keeps this node findable for as long as it is a member and has an address. */
export function createAnnouncer(deps: AnnouncerDeps): Announcer {
  const changes = createChangeEmitter();
  const { stopping, ...life } = createLoop(() => run());
  let record: NodeRecord | null = null;
  /** The sequence of a record that we signed before this start, by a clock that has been set back since. */
  let outdone = 0;
  let last: Announcement | null = null;
  let failure: ShadowMeshError | null = null;
  /** The backbone session under which the record was signed. */
  let signedIn: object | null = null;

  // Within the limits of a record, or it would never be the wanted one. Relays first: who has them needs them, and a
  // machine with many interfaces has more addresses of its own than fit.
  const wanted = () => ({
    addresses: [...deps.relays.addresses(), ...deps.overlay.addresses()]
      .filter((address) => address.length <= recordLimits.addressCharacters)
      .slice(0, recordLimits.addresses),
    relays: deps.relays.ids().slice(0, recordLimits.relays),
  });

  /** Addresses of a record that lead here no more. */
  const goneAddresses = ({ addresses }: NodeRecord) => {
    const present = new Set([...deps.overlay.addresses(), ...deps.relays.addresses()]);
    return addresses.filter((address) => !present.has(address));
  };

  /** A record without an address would be found and lead nowhere. */
  const reachable = () => wanted().addresses.length > 0;

  const outdated = () => {
    if (record === null || record.sequence <= outdone) return true;
    const { addresses, relays } = wanted();
    // Another backbone, or the same after a restart, must hear of us anew.
    if (signedIn !== deps.membership.session()) return true;
    const moved = addresses.join() !== record.addresses.join() || relays.join() !== record.relays.join();
    return moved || deps.now() > record.issuedAtMs + recordLifetimeMs / 2;
  };

  const unpublished = () => outdated() || last === null || !last.found || last.sequence !== record?.sequence;

  const renew = async (previous: NodeRecord | null): Promise<NodeRecord> => {
    const nowMs = deps.now();
    signedIn = deps.membership.session();
    // The clock is the sequence: it grows across restarts without being stored, and past the last one if it was set back.
    const sequence = Math.max(nowMs, (previous?.sequence ?? 0) + 1, outdone + 1);
    const gone = previous === null ? [] : goneAddresses(previous);
    const replaces =
      previous === null || gone.length === 0 ? {} : { replaces: { sequence: previous.sequence, addresses: gone } };
    const next = await deps.verifyRecord(await deps.sign({ ...wanted(), ...replaces, sequence, nowMs }));
    if (gone.length > 0) deps.onMoved(next.signed);
    return next;
  };

  // One after the other: two records of one sequence would be two contradicting statements.
  let signing: Promise<unknown> = Promise.resolve();
  const freshRecord = () => {
    const next = signing.then(async () => {
      if (record === null || outdated()) record = await renew(record);
      return record;
    });
    signing = next.catch(() => undefined);
    return next;
  };

  /** Learns which record of ours is newer than the one that we announced. */
  const outdo = async (signal: AbortSignal) => {
    const known = await deps.backbone.lookup(deps.peerId, signal);
    const newer = known === null ? null : await deps.verifyRecord(known);
    if (newer?.peerId === deps.peerId) outdone = newer.sequence;
  };

  const put = async (signed: SignedRecord, signal: AbortSignal): Promise<Record<View, number>> => {
    const putTo = (view: View) => deps.overlay.records[view].put(deps.peerId, signed, signal).catch(() => 0);
    const [regional, global] = await Promise.all([putTo("regional"), putTo("global")]);
    return { regional, global };
  };

  const publish = async () => {
    const signal = AbortSignal.any([stopping, timeoutSignal(publishTimeoutMs)]);
    const { signed, sequence, addresses } = await freshRecord();
    const announced = deps.backbone.announce(signed, signal).catch(async (error: unknown) => {
      if (ShadowMeshError.is(error, backboneErrors.RECORD_STALE)) await outdo(signal);
      throw error;
    });
    const [dhtServers] = await Promise.all([put(signed, signal), announced]);
    const answered = await deps.backbone.lookup(deps.peerId, signal);
    last = { sequence, atMs: deps.now(), dhtServers, found: answered?.signature === signed.signature };
    deps.log.info({ sequence, dhtServers, found: last.found, addresses: addresses.length }, "announced");
  };

  const run = async () => {
    const backoff = createBackoff({ minMs: 500, maxMs: 30_000 });
    while (!stopping.aborted) {
      let waitMs = recordLifetimeMs / 20;
      if (deps.servesRecord)
        await freshRecord().catch((error: unknown) => deps.log.warn({ err: error }, "no own record"));
      if (reachable() && deps.membership.joined() && unpublished()) {
        await nextChange([], settleMs, stopping);
        try {
          await publish();
          failure = null;
          if (last?.found) backoff.reset();
          else waitMs = backoff.next();
          changes.emit();
          // What changed while it was published is published next, not at some later change.
          if (last?.found && unpublished()) continue;
        } catch (error) {
          if (stopping.aborted) return;
          failure = ShadowMeshError.is(error) ? error : null;
          deps.log.warn({ err: error }, "announcing failed");
          changes.emit();
          // In full: a change must not make this a busy loop.
          await nextChange([], backoff.next(), stopping);
          continue;
        }
      }
      await nextChange([deps.overlay, deps.membership, deps.relays], waitMs, stopping);
    }
  };

  /** Some of the nearest servers were too busy to take the record, or were learnt since: they may have the one before. */
  const scattered = ({ dhtServers }: Announcement) =>
    (["regional", "global"] as const).some((view) => dhtServers[view] < deps.overlay.records[view].copies);

  // With growing pauses: a server that has gone is among the known for a while.
  const { stopping: spreadStopping, ...spreading } = createLoop(async () => {
    const backoff = createBackoff(spreadMs);
    for (;;) {
      await sleep(backoff.next(), spreadStopping);
      if (spreadStopping.aborted) return;
      if (record === null || last === null || unpublished() || !scattered(last)) {
        backoff.reset();
        continue;
      }
      const { signed, sequence } = record;
      const dhtServers = await put(signed, AbortSignal.any([spreadStopping, timeoutSignal(publishTimeoutMs)]));
      if (last.sequence === sequence) last = { ...last, dhtServers };
      changes.emit();
    }
  });

  /** Peers are told of a move at once: the backbone that a new record goes to may be out of reach, and tried again later. */
  const tell = async () => {
    if (record === null || !reachable() || goneAddresses(record).length === 0) return;
    await nextChange([], settleMs, stopping);
    await freshRecord();
  };
  const places: ChangeSource = {
    onChange(listener) {
      const stops = [deps.overlay, deps.relays].map((source) => source.onChange(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
  const telling = applyChanges(places, tell, (error) => deps.log.warn({ err: error }, "peers were not told of a move"));

  return {
    get last() {
      return last;
    },
    get failure() {
      return failure;
    },
    get record() {
      return record;
    },
    onChange: changes.onChange,
    async announced(signal) {
      while (!signal.aborted && unpublished()) await nextChange([changes], checkMs, signal);
    },
    async start(signal) {
      await life.start(signal);
      await telling.start(signal);
      await spreading.start(signal);
    },
    async stop() {
      await Promise.all([life.stop(), telling.stop(), spreading.stop()]);
    },
  };
}
