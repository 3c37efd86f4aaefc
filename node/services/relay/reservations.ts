import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { createBackoff } from "../../core/backoff.ts";
import type { Nexus } from "../../core/chain/index.ts";
import { type ChangeSource, createChangeEmitter, nextChange } from "../../core/change.ts";
import type { Overlay, PeerCache, PeerConnection } from "../../core/overlay/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";

/** Candidates read from the contract at a time; rotated by a seed, so that not all nodes crowd on the first. */
const candidatesPerRegion = 8;
const reserveTimeoutMs = 5_000;
/** Safety net under the events: how often the reservations are counted. */
const checkIntervalMs = 5_000;

export interface ReservationsDeps {
  self: Hex;
  overlay: Pick<Overlay, "cache" | "circuit" | "connections" | "onChange">;
  nexus(): Pick<Nexus, "publicNodes" | "regions">;
  membership: ChangeSource & { joined(): boolean; registration(): Registration | null };
  reach(peerId: Hex, signal: AbortSignal): Promise<PeerConnection>;
  /** Relays that are taken only where there are too few others. @default none */
  avoids?: (relay: Hex) => boolean;
  log: Logger;
}

export interface Reservations extends Service, ChangeSource {
  /** Relays that hold a reservation for us now. */
  ids(): Hex[];
  /** Multiaddrs through them. */
  addresses(): string[];
}

/** Keeps `wanted` reservations for as long as this node is a private member. */
export function createReservations(wanted: number, deps: ReservationsDeps): Reservations {
  const changes = createChangeEmitter();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  /** Where the last list of the contract is kept, for when the chain is away. */
  let candidates: Hex[] = [];

  const relays = () => {
    const direct = deps.overlay.connections().filter((connection) => connection.path === "direct");
    const reserved = direct.filter(({ libp2p }) => deps.overlay.circuit.hasReservation(libp2p.remotePeer));
    return [...new Map(reserved.map((connection) => [connection.peerId, connection])).values()];
  };

  const needed = () => {
    const type = deps.membership.registration()?.nodeType;
    return deps.membership.joined() && type === "light_private" ? wanted : 0;
  };

  const reserve = async (relay: Hex) => {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(reserveTimeoutMs)]);
    const connection = await deps.reach(relay, signal);
    // A relay reached through another relay would not carry us: circuits are one hop.
    if (connection.path !== "direct") return;
    await deps.overlay.circuit.reserve(connection.libp2p.remotePeer, signal);
    deps.log.info({ relay }, "reservation made");
    changes.emit();
  };

  const fill = async () => {
    const region = deps.membership.registration()?.region ?? "";
    candidates = await listRelays(deps.nexus(), region).catch(() => candidates);
    const held = new Set(relays().map(({ peerId }) => peerId));
    const others = candidates.filter((candidate) => candidate !== deps.self && !held.has(candidate));
    const avoided = others.filter((candidate) => deps.avoids?.(candidate) === true);
    const open = [...others.filter((candidate) => !avoided.includes(candidate)), ...avoided];
    // As many at a time as are missing: a dead candidate then costs no time where another one answers.
    while (open.length > 0 && relays().length < needed() && !stopping.signal.aborted) {
      const batch = open.splice(0, needed() - relays().length);
      await Promise.all(
        batch.map((candidate) =>
          reserve(candidate).catch((error: unknown) =>
            deps.log.debug({ err: error, relay: candidate }, "no reservation"),
          ),
        ),
      );
    }
  };

  const run = async () => {
    const backoff = createBackoff({ minMs: 500, maxMs: 10_000 });
    let before = 0;
    while (!stopping.signal.aborted) {
      if (relays().length < needed()) await fill();
      const held = relays().length;
      if (held !== before) changes.emit();
      before = held;
      if (held >= needed()) backoff.reset();
      // Short of relays: a change must not make this a busy loop, so the back-off is waited for in full.
      if (held < needed()) await nextChange([], backoff.next(), stopping.signal);
      else await nextChange([deps.overlay, deps.membership], checkIntervalMs, stopping.signal);
    }
  };

  return {
    onChange: changes.onChange,
    ids: () => relays().map(({ peerId }) => peerId),
    addresses: () => relays().flatMap((relay) => circuitAddresses(relay, deps.overlay.cache)),
    async start(signal) {
      signal.throwIfAborted();
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Public nodes of the own region first, best score first, then the other regions'. */
/** Public nodes of the contract, our region's first, each region's in a random rotation. */
export async function listRelays(nexus: Pick<Nexus, "publicNodes" | "regions">, region: string): Promise<Hex[]> {
  const seed = BigInt(`0x${randomBytes(8).toString("hex")}`);
  const regions = await nexus.regions();
  const ordered = [...regions].sort((a, b) => Number(b === region) - Number(a === region));
  const lists = await Promise.all(ordered.map((name) => nexus.publicNodes(name, candidatesPerRegion, seed)));
  return lists.flat();
}

/** What the relay itself announces, or else the address we dialled it at: never the port of an inbound connection. */
function circuitAddresses({ peerId, direction, libp2p }: PeerConnection, cache: Pick<PeerCache, "get">): string[] {
  const announced = cache.get(peerId)?.addresses.filter((address) => !address.includes("/p2p-circuit")) ?? [];
  const dialled = direction === "outbound" ? [libp2p.remoteAddr.toString()] : [];
  const known = announced.length > 0 ? announced : dialled;
  const relayId = libp2p.remotePeer.toString();
  return known.slice(0, 2).map((address) => `${address.replace(/\/p2p\/[^/]+$/, "")}/p2p/${relayId}/p2p-circuit`);
}
