import type { Connection } from "@libp2p/interface";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { createBackoff } from "../../core/backoff.ts";
import { type ChangeSource, createChangeEmitter, nextChange } from "../../core/change.ts";
import { createLoop } from "../../core/loop.ts";
import type { Overlay, PeerCache, PeerConnection, Place, StreamHandler } from "../../core/overlay/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import type { RelayConfig } from "./config.ts";
import type { RelayDirectory } from "./directory.ts";
import { answerDrain, drainProtocol } from "./drain.ts";
import { createParking } from "./parking.ts";
import { rankRelays } from "./rank.ts";

const reserveTimeoutMs = 5_000;
/** Safety net under the events: how often the reservations are counted. */
const checkIntervalMs = 5_000;
/** For so long a relay that gave no reservation is tried after all others. */
const failureMemoryMs = 60_000;

export interface ReservationsDeps {
  self: Hex;
  overlay: Pick<
    Overlay,
    | "cache"
    | "circuit"
    | "connections"
    | "connectionTo"
    | "handle"
    | "unhandle"
    | "onChange"
    | "ping"
    | "retire"
    | "waiting"
  >;
  directory: RelayDirectory;
  membership: ChangeSource & { joined(): boolean; registration(): Registration | null };
  reach(peerId: Hex, signal: AbortSignal): Promise<PeerConnection>;
  /** Resolves once others find this node at the relays that it has now. */
  announced(signal: AbortSignal): Promise<void>;
  /** Relays that are taken only where there are too few others. @default none */
  avoids?: (relay: Hex) => boolean;
  /** Uniform in [0, 1). @default Math.random */
  random?: () => number;
  now: () => number;
  log: Logger;
}

export interface Reservations extends Service, ChangeSource {
  /** Relays that hold a reservation for us now. */
  ids(): Hex[];
  /** Those of them at which we wait for being woken, instead of being connected. */
  parked(): Hex[];
  /** Multiaddrs through them. */
  addresses(): string[];
}

/** A relay that holds a reservation for us, over a connection or while we wait for being woken. */
type Held = Pick<Place, "peerId" | "libp2pId" | "direction" | "address">;

/**
 * Keeps `wanted` reservations for as long as this node is a private member. A relay that stops says so before: then another
 * one is taken, announced, and taken by those who are connected through the first, while that one still works.
 */
export function createReservations(
  { reservations: wanted, parkAfterMs }: Pick<RelayConfig, "reservations" | "parkAfterMs">,
  deps: ReservationsDeps,
): Reservations {
  const { overlay, log, now } = deps;
  const changes = createChangeEmitter();
  let filling: Promise<void> = Promise.resolve();
  const failedAtMs = new Map<Hex, number>();
  /** Relays that have said that they go, by the connection over which they said so: after a restart it is another one. */
  const leaving = new Map<Hex, Connection>();

  const reserved = (): Held[] => {
    const direct = overlay.connections().filter((connection) => connection.path === "direct");
    const open = direct.filter(({ libp2p }) => overlay.circuit.hasReservation(libp2p.remotePeer));
    const connected = open.map(({ peerId, direction, address, libp2p }) => ({
      peerId,
      direction,
      address,
      libp2pId: libp2p.remotePeer,
    }));
    const held: Held[] = [...overlay.waiting.places.values(), ...connected];
    const byRelay = [...new Map(held.map((one) => [one.peerId, one])).values()];
    // Always in one order: whoever announces them would take another one for a change.
    return byRelay.sort((a, b) => (a.peerId < b.peerId ? -1 : 1));
  };
  const isLeaving = (relay: Hex) => leaving.get(relay)?.status === "open";
  const staying = () => reserved().filter(({ peerId }) => !isLeaving(peerId));
  /** One that goes is better than none: until it has gone it works, and it may be back in a moment. */
  const relays = () => {
    const stay = staying();
    return stay.length > 0 ? stay : reserved();
  };

  const missing = () => {
    const type = deps.membership.registration()?.nodeType;
    const needed = deps.membership.joined() && type === "light_private" ? wanted : 0;
    return Math.max(0, needed - staying().length);
  };

  const limit = () => AbortSignal.any([life.stopping, timeoutSignal(reserveTimeoutMs)]);

  const connectTo = async (relay: Hex, signal: AbortSignal) => {
    const connection = await deps.reach(relay, signal);
    // A relay reached through another relay would not carry us: circuits are one hop.
    if (connection.path !== "direct") throw new Error("the relay is not reached directly");
    return connection;
  };

  const reserve = async (relay: Hex) => {
    try {
      const signal = limit();
      const { libp2p } = await connectTo(relay, signal);
      await overlay.circuit.reserve(libp2p.remotePeer, signal);
      failedAtMs.delete(relay);
      log.info({ relay }, "reservation made");
      changes.emit();
    } catch (error) {
      failedAtMs.set(relay, now());
      log.debug({ err: error, relay }, "no reservation");
    }
  };

  const hasFailed = (relay: Hex) => now() - (failedAtMs.get(relay) ?? Number.NEGATIVE_INFINITY) < failureMemoryMs;

  /** Who could be asked for a reservation, in groups of which each is exhausted before the next. */
  const candidates = async (): Promise<Hex[][]> => {
    const { ours, others } = await deps.directory.list();
    const listed = new Set([...ours, ...others]);
    for (const relay of failedAtMs.keys()) if (!listed.has(relay)) failedAtMs.delete(relay);
    const held = new Set(reserved().map(({ peerId }) => peerId));
    const free = [...listed].filter((relay) => relay !== deps.self && !held.has(relay) && !isLeaving(relay));
    const near = new Set(ours);
    const groups = Map.groupBy(free, (relay) => {
      if (deps.avoids?.(relay) === true) return "avoided";
      if (hasFailed(relay)) return "failed";
      return near.has(relay) ? "ours" : "others";
    });
    return (["ours", "others", "failed", "avoided"] as const).map((name) => groups.get(name) ?? []);
  };

  const fill = async () => {
    if (missing() === 0 || life.stopping.aborted) return;
    const { weigh } = deps.directory;
    const roundTripMs = async (relay: Hex, signal: AbortSignal) => overlay.ping(await connectTo(relay, signal), signal);
    for (const group of await candidates()) {
      const done = () => missing() === 0 || life.stopping.aborted;
      if (done()) return;
      const open = await rankRelays(group, missing(), { weigh, roundTripMs, random: deps.random }, limit());
      // As many at a time as are missing: a dead candidate then costs no time where another one answers.
      while (open.length > 0 && !done()) await Promise.all(open.splice(0, missing()).map(reserve));
    }
  };
  const refill = () => {
    filling = filling.then(fill).catch((error: unknown) => log.warn({ err: error }, "looking for relays failed"));
    return filling;
  };

  /** Has those who came through a relay that goes take the way through another one, where they have it. */
  const leaveCircuits = async (relay: Hex, signal: AbortSignal) => {
    const through = () => overlay.connections().filter((one) => one.relay === relay && one.direction === "inbound");
    for (let open = through(); open.length > 0 && !signal.aborted; open = through()) {
      for (const one of open) if (overlay.connectionTo(one.peerId)?.libp2p.id !== one.libp2p.id) overlay.retire(one);
      await nextChange([overlay], checkIntervalMs, signal);
    }
  };

  const leave = async (connection: PeerConnection, signal: AbortSignal): Promise<boolean> => {
    const relay = connection.peerId;
    if (!overlay.circuit.hasReservation(connection.libp2p.remotePeer)) return true;
    for (const [other, { status }] of leaving) if (status !== "open") leaving.delete(other);
    leaving.set(relay, connection.libp2p);
    log.info({ relay }, "the relay stops: taking another one");
    await Promise.race([refill(), aborted(signal)]);
    changes.emit();
    if (staying().length === 0) return false;
    await deps.announced(signal);
    await leaveCircuits(relay, signal);
    return true;
  };

  const run = async () => {
    const backoff = createBackoff({ minMs: 500, maxMs: 10_000 });
    let before = 0;
    while (!life.stopping.aborted) {
      await refill();
      const held = relays().length;
      if (held !== before) changes.emit();
      before = held;
      // Short of relays: a change must not make this a busy loop, so the back-off is waited for in full.
      if (missing() > 0) await nextChange([], backoff.next(), life.stopping);
      else {
        backoff.reset();
        await nextChange([overlay, deps.membership], checkIntervalMs, life.stopping);
      }
    }
  };

  const life = createLoop(run);
  const parking = createParking(parkAfterMs, { overlay, reserve, stays: (relay) => !isLeaving(relay), now, log });

  return {
    onChange: changes.onChange,
    ids: () => relays().map(({ peerId }) => peerId),
    parked: () => [...overlay.waiting.places.keys()],
    addresses: () => relays().flatMap((relay) => circuitAddresses(relay, overlay.cache)),
    async start(signal) {
      await life.start(signal);
      await parking.start(signal);
      const onDrain: StreamHandler = (stream, relay, stopped) =>
        answerDrain(stream, (limited) => leave(relay, limited), AbortSignal.any([stopped, life.stopping]));
      await overlay.handle(drainProtocol, onDrain, { maxInboundStreams: 1 });
    },
    async stop() {
      await overlay.unhandle(drainProtocol);
      await Promise.all([parking.stop(), life.stop()]);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What the relay itself announces, or else the address we dialled it at: never the port of an inbound connection. */
function circuitAddresses({ peerId, direction, address, libp2pId }: Held, cache: Pick<PeerCache, "get">): string[] {
  const announced = cache.get(peerId)?.addresses.filter((address) => !address.includes("/p2p-circuit")) ?? [];
  const dialled = direction === "outbound" ? [address] : [];
  const known = announced.length > 0 ? announced : dialled;
  return known.slice(0, 2).map((known) => `${known.replace(/\/p2p\/[^/]+$/, "")}/p2p/${libp2pId}/p2p-circuit`);
}
