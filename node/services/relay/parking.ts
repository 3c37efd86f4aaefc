import type { Logger } from "pino";
import type { Hex } from "viem";
import { nextChange } from "../../core/change.ts";
import { createLoop } from "../../core/loop.ts";
import { hasUsers, type Overlay, type PeerConnection, type Place } from "../../core/overlay/index.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";

const parkTimeoutMs = 5_000;
/** The longest time between two looks: users of a connection that were quicker than that are not seen. */
const maxLookMs = 5_000;
/** Before a reservation ends it is taken anew, as libp2p does on a connection. */
const renewBeforeMs = 5 * 60_000;
/** A relay that is asked for us again and again is parked at by so much later. */
const maxPatience = 8;

export interface ParkingDeps {
  overlay: Pick<Overlay, "circuit" | "connections" | "onChange" | "waiting">;
  /** Connects to a relay and takes the reservation anew; where it can't, there is none. */
  reserve(relay: Hex): Promise<void>;
  /** Whether we mean to stay with a relay. */
  stays(relay: Hex): boolean;
  now: () => number;
  log: Logger;
}

interface Watched {
  /** When the connection was last seen in use. */
  usedAtMs: number;
  /** Without use for so long it is parked. */
  patienceMs: number;
  parkedAtMs: number;
  /** When the reservation has to be taken anew. */
  renewAtMs: number;
  /** Whether it is being parked, or comes back. */
  busy: boolean;
}

/**
 * Gives up connections to relays that hold a reservation for us, once they have been without use for `parkAfterMs`, and
 * comes back where somebody asks for us there, before the reservation ends, or where the relay has gone.
 *
 * @param parkAfterMs null for never
 */
export function createParking(parkAfterMs: number | null, deps: ParkingDeps): Service {
  const { overlay, now, log } = deps;
  if (parkAfterMs === null) return { start: async () => undefined, stop: async () => undefined };
  const relays = new Map<Hex, Watched>();
  const underWay = new Set<Promise<void>>();
  const begin = (work: Promise<void>) => {
    const done = work.finally(() => underWay.delete(done));
    underWay.add(done);
  };

  const watched = (relay: Hex): Watched => {
    const known = relays.get(relay);
    if (known !== undefined) return known;
    const fresh = { usedAtMs: now(), patienceMs: parkAfterMs, parkedAtMs: 0, renewAtMs: 0, busy: false };
    relays.set(relay, fresh);
    return fresh;
  };

  /** One that is hardly left before it is needed again is not worth leaving. */
  const beMorePatient = (relay: Watched) => {
    relay.patienceMs = Math.min(relay.patienceMs * 2, parkAfterMs * maxPatience);
  };

  const comeBack = async (place: Place, relay: Watched) => {
    const ending = await place.ended;
    relay.busy = true;
    if (life.stopping.aborted) return;
    if (now() - relay.parkedAtMs < relay.patienceMs) beMorePatient(relay);
    else relay.patienceMs = parkAfterMs;
    await deps.reserve(place.peerId);
    place.leave();
    Object.assign(relay, { busy: false, usedAtMs: now() });
    log.debug({ relay: place.peerId, ending }, "back from waiting at the relay");
  };

  const park = async (connection: PeerConnection, relay: Watched, expiresAtMs: number) => {
    Object.assign(relay, { busy: true, renewAtMs: expiresAtMs - renewBeforeMs });
    try {
      const signal = AbortSignal.any([life.stopping, timeoutSignal(parkTimeoutMs)]);
      const place = await overlay.waiting.park(connection, signal);
      relay.parkedAtMs = now();
      begin(comeBack(place, relay));
      log.debug({ relay: place.peerId }, "waiting at the relay");
    } catch (error) {
      // Such as one that does not know the protocol, or whose data port is closed.
      beMorePatient(relay);
      relay.usedAtMs = now();
      log.debug({ err: error, relay: connection.peerId }, "not parked");
    } finally {
      relay.busy = false;
    }
  };

  const lookAtPlaces = (open: readonly PeerConnection[]) => {
    for (const place of overlay.waiting.places.values()) {
      const isConnected = open.some((connection) => place.isNew(connection));
      if (isConnected || now() >= watched(place.peerId).renewAtMs) place.recall();
    }
  };

  const lookAtConnections = (open: readonly PeerConnection[]) => {
    const { circuit, waiting } = overlay;
    const reserved = open.filter(({ path, libp2p }) => path === "direct" && circuit.hasReservation(libp2p.remotePeer));
    const byRelay = Map.groupBy(reserved, ({ peerId }) => peerId);
    for (const id of relays.keys()) if (!byRelay.has(id) && !waiting.places.has(id)) relays.delete(id);
    for (const [id, [connection, ...others]] of byRelay) {
      if (connection === undefined) continue;
      const relay = watched(id);
      if ([connection, ...others].some(hasUsers)) relay.usedAtMs = now();
      const expiresAtMs = circuit.expiresAtMs(connection.libp2p.remotePeer) ?? 0;
      const isIdle = now() - relay.usedAtMs >= relay.patienceMs;
      const isWorthIt = expiresAtMs - now() > 2 * renewBeforeMs;
      if (isIdle && isWorthIt && !relay.busy && !waiting.places.has(id) && deps.stays(id)) {
        begin(park(connection, relay, expiresAtMs));
      }
    }
  };

  const run = async () => {
    while (!life.stopping.aborted) {
      const open = overlay.connections();
      lookAtPlaces(open);
      lookAtConnections(open);
      await nextChange([overlay], Math.min(maxLookMs, parkAfterMs), life.stopping);
    }
    for (const place of [...overlay.waiting.places.values()]) place.leave();
    await Promise.all(underWay);
  };

  const life = createLoop(run);
  return life;
}
