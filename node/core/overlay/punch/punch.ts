import type { Connection, Logger, Upgrader } from "@libp2p/interface";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import type { Service } from "../../service.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { messages } from "../lanes/index.ts";
import type { PeerConnection, StreamHandler } from "../peer-connection.ts";
import { punchErrors } from "./errors.ts";
import { createProber } from "./prober.ts";
import {
  answerSchema,
  outcomeSchema,
  type PunchOffer,
  type PunchRefusal,
  punchProtocol,
  requestSchema,
} from "./protocol.ts";
import { createReflection, type Mapping, maxInboundReflections, reflectProtocol } from "./reflection.ts";
import { createSide, type Side } from "./side.ts";
import type { UdpAddress } from "./udp-address.ts";
import { createUdpPort } from "./udp-port.ts";

/** From the first message to the connection: questions to reflectors, three seconds of probes, a handshake. */
export const timeoutMs = 15_000;
/** Asked for by us and by others together. */
const maxAtOnce = 16;
/** A peer that asks again sooner is told to wait. */
const pauseMs = 2_000;
const maxRemembered = 1_024;

export interface PunchDeps {
  self: Hex;
  upgrader: Upgrader;
  connections(): PeerConnection[];
  /** The number that a router gave our port, as the peer has to use it; undefined where none did. */
  outsidePort(peer: PeerConnection, port: number): number | undefined;
  /** Connects to the relays at which we only wait. */
  recall(signal: AbortSignal): Promise<void>;
  handle(protocol: string, handler: StreamHandler, limits: { maxInboundStreams: number }): Promise<void>;
  /** Whether a peer may have us send probes. */
  mayPunch(peerId: Hex): Promise<boolean>;
  /** Whether others may ask us where their datagrams come from. */
  reflects: boolean;
  /** Told why there is no UDP socket although one is configured. */
  onUnsupported(error: unknown): void;
  libp2pLog: Logger;
  now(): number;
  /** Aborted when the overlay stops. */
  stopping: AbortSignal;
}

/** Direct connections over UDP between two nodes that nobody can dial, agreed on over a relayed one. */
export interface Punch extends Service {
  /** The port of the UDP socket; null while there is none. */
  readonly port: number | null;
  /** What others see of it. */
  mapping(): Promise<Mapping>;
  /**
   * Opens a connection through the NATs on both sides, secured by our handshake like any other.
   *
   * @throws PUNCH_NO_RELAYED, PUNCH_NO_UDP, PUNCH_UDP_BLOCKED, PUNCH_SYMMETRIC, PUNCH_REFUSED, PUNCH_UNANSWERED
   */
  attempt(relayed: PeerConnection, signal: AbortSignal): Promise<Connection>;
}

type Control = ReturnType<typeof messages>;

export function createPunch(config: UdpAddress | null, deps: PunchDeps): Punch {
  const { self, upgrader, now, libp2pLog: log } = deps;
  const prober = createProber({ send: (datagram, to) => udp.send(datagram, to), now });
  const reflection = createReflection({
    portFor(peer) {
      const own = udp.address?.port ?? null;
      return own === null ? null : (deps.outsidePort(peer, own) ?? own);
    },
    send: (datagram, to) => udp.send(datagram, to),
    connections: deps.connections,
    recall: deps.recall,
    stopping: deps.stopping,
  });
  const udp = createUdpPort(config, {
    onDatagram: (datagram, from) => (datagram.kind === "reflect" ? reflection : prober).accept(datagram, from),
    onUnsupported: deps.onUnsupported,
  });
  const asking = new Set<Hex>();
  const answering = new Set<Hex>();
  /** When each peer asked last. */
  const asked = new Map<Hex, number>();

  const isFull = () => asking.size + answering.size >= maxAtOnce;

  /** Our side of a punch with a peer, or why there can be none. */
  const begin = async ({ libp2p }: PeerConnection): Promise<Side | "no-udp" | "udp-blocked"> => {
    const own = udp.address;
    if (own === null) return "no-udp";
    const { kind, addresses } = await reflection.mapping();
    if (kind === "blocked") return "udp-blocked";
    return createSide(own, { kind, addresses }, { udp, prober, libp2pId: libp2p.remotePeer, log });
  };

  /** Whether a peer has to wait; notes that it asked. */
  const isTooSoon = (peerId: Hex): boolean => {
    const askedAtMs = asked.get(peerId) ?? Number.NEGATIVE_INFINITY;
    if (now() - askedAtMs < pauseMs) return true;
    asked.delete(peerId);
    asked.set(peerId, now());
    const [oldest] = asked.keys();
    if (asked.size > maxRemembered && oldest !== undefined) asked.delete(oldest);
    return false;
  };

  const serve = async (control: Control, peer: PeerConnection, signal: AbortSignal): Promise<PunchRefusal | null> => {
    const offered = await control.read(requestSchema, signal);
    if (isTooSoon(peer.peerId)) return "busy";
    if (!(await deps.mayPunch(peer.peerId))) return "not-known";
    const side = await begin(peer);
    if (typeof side === "string") return side;
    try {
      if (bothSymmetric(side.offer, offered)) return "symmetric";
      await control.write(side.offer, signal);
      const remote = await side.find(offered, signal);
      // Connected before the other one is told: what it sends then finds the stream.
      const raw = remote && side.connect(offered, remote, "inbound");
      try {
        await control.write({ found: raw !== null }, signal);
        const { found } = await control.read(outcomeSchema, signal);
        if (raw !== null && found) await upgrader.upgradeInbound(raw, { signal });
        else raw?.abort(new Error("the other side found no way"));
      } catch (error) {
        raw?.abort(error as Error);
        throw error;
      }
      return null;
    } finally {
      side.close();
    }
  };

  const answer: StreamHandler = async (stream, peer, stopping) => {
    const { peerId, path } = peer;
    const signal = AbortSignal.any([stopping, timeoutSignal(timeoutMs)]);
    const control = messages(stream);
    // Of two that ask each other at once, the one with the lower ID goes on.
    const isBusy = isFull() || answering.has(peerId) || (asking.has(peerId) && self < peerId);
    let refused: PunchRefusal | null = "busy";
    if (!isBusy && path === "relayed") {
      answering.add(peerId);
      refused = await serve(control, peer, signal).finally(() => answering.delete(peerId));
    }
    if (refused !== null) await control.write({ refused }, signal);
    await stream.close({ signal });
  };

  const ask = async (relayed: PeerConnection, signal: AbortSignal): Promise<Connection> => {
    const side = await begin(relayed);
    if (typeof side === "string") throw new ShadowMeshError(ownHindrances[side]);
    try {
      const stream = await relayed.open(punchProtocol, signal).catch((cause: Error) => {
        throw cause.name === "UnsupportedProtocolError" ? toRefusal("no-udp") : cause;
      });
      try {
        const control = messages(stream);
        await control.write(side.offer, signal);
        const offered = await control.read(answerSchema, signal);
        if ("refused" in offered) throw toRefusal(offered.refused);
        const remote = await side.find(offered, signal);
        await control.write({ found: remote !== null }, signal);
        const { found } = await control.read(outcomeSchema, signal);
        if (remote === null || !found) {
          const details = { own: side.offer.mapping, peer: offered.mapping };
          throw new ShadowMeshError(punchErrors.PUNCH_UNANSWERED, { details });
        }
        const raw = side.connect(offered, remote, "outbound");
        return await upgrader.upgradeOutbound(raw, { signal }).catch((error: Error) => {
          raw.abort(error);
          throw error;
        });
      } finally {
        stream.close({ signal }).catch((error: Error) => stream.abort(error));
      }
    } finally {
      side.close();
    }
  };

  return {
    get port() {
      return udp.address?.port ?? null;
    },
    mapping: reflection.mapping,
    async start(signal) {
      await udp.start(signal);
      if (udp.address === null) return;
      if (deps.reflects) {
        await deps.handle(reflectProtocol, reflection.answer, { maxInboundStreams: maxInboundReflections });
      }
      await deps.handle(punchProtocol, answer, { maxInboundStreams: 1 });
    },
    stop: udp.stop,
    async attempt(relayed, signal) {
      const { peerId, path } = relayed;
      if (path !== "relayed") throw new ShadowMeshError(punchErrors.PUNCH_NO_RELAYED);
      if (isFull() || asking.has(peerId) || answering.has(peerId)) throw toRefusal("busy");
      asking.add(peerId);
      try {
        return await ask(relayed, AbortSignal.any([signal, deps.stopping, timeoutSignal(timeoutMs)]));
      } finally {
        asking.delete(peerId);
      }
    },
  };
}

const ownHindrances = { "no-udp": punchErrors.PUNCH_NO_UDP, "udp-blocked": punchErrors.PUNCH_UDP_BLOCKED };

function bothSymmetric(...offers: readonly PunchOffer[]): boolean {
  return offers.every(({ mapping }) => mapping === "address-dependent");
}

function toRefusal(reason: PunchRefusal): ShadowMeshError {
  if (reason === "symmetric") return new ShadowMeshError(punchErrors.PUNCH_SYMMETRIC);
  const message = `The peer does not punch with this node: ${refusals[reason]}.`;
  return new ShadowMeshError(punchErrors.PUNCH_REFUSED, { message, details: { reason } });
}

const refusals: Record<Exclude<PunchRefusal, "symmetric">, string> = {
  "no-udp": "it has no UDP socket",
  "udp-blocked": "no UDP leaves its network",
  busy: "it is at it already, or was a moment ago",
  "not-known": "the contract does not know this node",
};
