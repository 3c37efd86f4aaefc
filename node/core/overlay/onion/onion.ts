import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Connection, Logger, Upgrader } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { createIdentity, type Identity } from "../../identity/index.ts";
import type { NodeRecord, SignedRecord } from "../../records/index.ts";
import { maxHops } from "../../schema.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { overlayErrors } from "../errors.ts";
import type { Lane, LaneHandler, Lanes } from "../lanes/index.ts";
import { libp2pIdOf } from "../libp2p-id.ts";
import { onionAddress, type PeerConnection } from "../peer-connection.ts";
import { credentialsOf, secureSocket } from "../pq-tls/index.ts";
import { StreamConnection } from "../stream-connection.ts";
import { onionErrors } from "./errors.ts";
import { type HopPolicy, serveHop } from "./hop.ts";
import {
  extendedSchema,
  onionAlpn,
  onionProtocol,
  readHops,
  readMessage,
  writeHops,
  writeMessage,
} from "./protocol.ts";

/** A hop's part: its layer's handshake, and a connection to the next one. */
const hopTimeoutMs = 15_000;
/** Paths that pass here, and that end here, at once. */
const maxPaths = 256;

export interface OnionDeps {
  identity: Identity;
  lanes: Pick<Lanes, "open" | "handle" | "unhandle">;
  verifyRecord(signed: SignedRecord): Promise<NodeRecord>;
  connect(record: NodeRecord, signal: AbortSignal): Promise<PeerConnection>;
  /** Told of what a relay will bill us. */
  owe(relay: Hex, bytes: number): void;
  upgrader: Upgrader;
  libp2pLog: Logger;
}

/**
 * Paths through several relays, in layers (Goldschlag, Reed and Syverson 1996; Tor's telescoping circuits): each relay
 * takes off a layer of our handshake, made with it by an identity that is used once, and finds below it only whom to lead
 * to. The last layer is the one between the two ends, with their own identities.
 */
export interface Onion {
  start(): Promise<void>;
  /** Lets paths pass through this node; null for none. */
  serveHops(policy: HopPolicy | null): void;
  /**
   * Connects to the peer of a record through these relays in this order; the caller closes what it gets.
   *
   * @throws HOP_REFUSED, PAYMENT_REQUIRED, WRONG_PEER, HANDSHAKE_REFUSED, PEER_UNREACHABLE
   */
  connect(record: NodeRecord, relays: readonly NodeRecord[], signal: AbortSignal): Promise<Connection>;
}

export function createOnion(deps: OnionDeps): Onion {
  const { lanes, upgrader, libp2pLog: log } = deps;
  let policy: HopPolicy | null = null;

  const openLane = async (record: NodeRecord, signal: AbortSignal): Promise<Lane> =>
    lanes.open(await deps.connect(record, signal), onionProtocol, signal);

  const serve: LaneHandler = async ({ duplex }, peer, stopping) => {
    const signal = AbortSignal.any([stopping, timeoutSignal(hopTimeoutMs)]);
    const hops = await readHops(duplex, signal);
    if (hops === 0) return accept(duplex, signal);
    if (policy === null || !(await policy.mayPass(peer.peerId))) throw new ShadowMeshError(onionErrors.HOP_REFUSED);
    const credentials = await credentialsOf(deps.identity);
    const layer = await secureSocket(duplex, { isServer: true, credentials, protocols: [onionAlpn], signal });
    const client = peer.peerId;
    await serveHop(layer.socket, { client, hops, policy, deps: { ...deps, openLane }, signal, stopping });
  };

  const accept = async (duplex: Duplex, signal: AbortSignal) => {
    const raw = new StreamConnection(duplex, { remoteAddr: multiaddr(onionAddress), direction: "inbound", log });
    const closed = new Promise<void>((resolve) => raw.addEventListener("close", () => resolve(), { once: true }));
    await upgrader.upgradeInbound(raw, { signal });
    // The lane counts as open for as long as the connection is.
    await closed;
  };

  /** Makes the layer with one relay, and has it lead on to the next. */
  const extend = async (duplex: Duplex, path: readonly NodeRecord[], index: number, signal: AbortSignal) => {
    const [relay, next] = [path[index] as NodeRecord, path[index + 1] as NodeRecord];
    const credentials = await credentialsOf(createIdentity(randomBytes(32)));
    const layer = await secureSocket(duplex, { isServer: false, credentials, protocols: [onionAlpn], signal }).catch(
      (cause: unknown) => {
        signal.throwIfAborted();
        // Who serves no hops, or none to us, says so by closing.
        const details = { relay: relay.peerId, reason: String(cause) };
        throw new ShadowMeshError(onionErrors.HOP_REFUSED, { details, cause });
      },
    );
    if (layer.peer.peerId !== relay.peerId) {
      const details = { wanted: relay.peerId, proved: layer.peer.peerId };
      throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details });
    }
    writeMessage(layer.socket, { next: next.signed });
    const answer = await readMessage(layer.socket, extendedSchema, signal);
    if ("extended" in answer) return layer.socket;
    const details = { relay: relay.peerId, next: next.peerId, reason: answer.refused };
    const isOurs = answer.refused === "PAYMENT_REQUIRED" && index === 0;
    throw new ShadowMeshError(isOurs ? overlayErrors.PAYMENT_REQUIRED : onionErrors.HOP_REFUSED, { details });
  };

  return {
    start: () => lanes.handle(onionProtocol, serve, { maxInbound: maxPaths }),
    serveHops(given) {
      policy = given;
    },
    async connect(record, relays, signal) {
      const [first] = relays;
      if (first === undefined || relays.length > maxHops) throw new ShadowMeshError(onionErrors.TOO_FEW_RELAYS);
      const lane = await openLane(first, signal);
      try {
        let duplex: Duplex = lane.duplex;
        writeHops(duplex, relays.length);
        const path = [...relays, record];
        for (const index of relays.keys()) duplex = await extend(duplex, path, index, signal);
        const owe = (bytes: number) => deps.owe(first.peerId, bytes * relays.length);
        const remoteAddr = multiaddr(`${onionAddress}/p2p/${libp2pIdOf(record)}`);
        const raw = new StreamConnection(duplex, { remoteAddr, direction: "outbound", log, count: owe });
        return await upgrader.upgradeOutbound(raw, { signal });
      } catch (error) {
        lane.duplex.destroy();
        if (ShadowMeshError.is(error)) throw error;
        const details = { peerId: record.peerId, tried: [], reason: String(error) };
        throw new ShadowMeshError(overlayErrors.PEER_UNREACHABLE, { details, cause: error });
      }
    },
  };
}
