import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isPrivate } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import { z } from "zod";
import { timeoutSignal } from "../../timeout-signal.ts";
import { messages } from "../lanes/index.ts";
import { hostOf, type PeerConnection, type StreamHandler } from "../peer-connection.ts";
import { type Datagram, tokenBytes } from "./datagram.ts";
import { familyOf, keyOf, type UdpAddress, udpAddressSchema } from "./udp-address.ts";

/** Asks a peer that we are connected to where our datagrams come from, as it sees it. */
export const reflectProtocol = "/shadowmesh/reflect/1.0.0";
/** Of one peer at a time. */
export const maxInboundReflections = 4;

/** A question that was not answered in this time never arrived. */
const answerTimeoutMs = 2_000;
const sendEveryMs = 100;
/** Two tell one mapping from the other; the others stand in for those that do not answer. */
const minAsked = 2;
const maxAsked = 4;

const tokenSchema = z.string().regex(/^[0-9a-f]{32}$/);
export const invitationSchema = z.object({
  port: z.number().int().min(1).max(65_535),
  token: tokenSchema,
  /** Whether datagrams have come from where who asks is, beyond the local network or on it: its silence then means something. */
  isHeard: z.boolean().default(false),
});

/**
 * What a NAT makes of our socket's address (RFC 4787, section 4.1): the same for whomever we send to, or another for
 * each; `unknown` where fewer than two could tell, `blocked` where no datagram arrived at those whom others' reach.
 */
export type MappingKind = "endpoint-independent" | "address-dependent" | "unknown" | "blocked";

export interface Mapping {
  readonly kind: MappingKind;
  readonly addresses: readonly UdpAddress[];
}

export interface ReflectionDeps {
  /** The port of our own UDP socket, as a peer has to use it; null while there is none. */
  portFor(peer: PeerConnection): number | null;
  send(datagram: Datagram, to: UdpAddress): void;
  connections(): PeerConnection[];
  /** Connects to the relays at which we only wait, which can tell as well. */
  recall(signal: AbortSignal): Promise<void>;
  /** Aborted when the overlay stops. */
  stopping: AbortSignal;
}

export interface Reflection {
  /** Answers over the connection, so that no datagram is ever sent to where one claims to come from. */
  readonly answer: StreamHandler;
  accept(datagram: Datagram, from: UdpAddress): void;
  /** Asks some of the nodes that we have dialled; those who want to know at once share the answers. */
  mapping(): Promise<Mapping>;
}

export function createReflection(deps: ReflectionDeps): Reflection {
  /** Those who hold a token of ours, by it. */
  const waiting = new Map<string, (from: UdpAddress) => void>();
  /** Whether datagrams have come from private addresses, and from public ones: a router may let in the first alone. */
  const heardFrom = new Set<"private" | "public">();
  let asking: Promise<Mapping> | undefined;

  const askOne = async (
    connection: PeerConnection,
    signal: AbortSignal,
  ): Promise<UdpAddress | "unheard" | "unknown"> => {
    const stream = await connection.open(reflectProtocol, signal);
    const settled = new AbortController();
    try {
      const control = messages(stream);
      const { port, token, isHeard } = await control.read(invitationSchema, signal);
      const to = { host: hostOf(connection), port };
      const answer = control.read(udpAddressSchema, AbortSignal.any([signal, settled.signal]));
      answer.catch(() => undefined).finally(() => settled.abort());
      while (!settled.signal.aborted) {
        deps.send({ kind: "reflect", token }, to);
        await delay(sendEveryMs, undefined, { signal: settled.signal }).catch(() => undefined);
      }
      // Nobody has got through to it, as far as it knows: that we do not either says nothing of us.
      return await answer.catch(() => (isHeard ? "unheard" : "unknown"));
    } finally {
      settled.abort();
      stream.close({ signal }).catch((error: Error) => stream.abort(error));
    }
  };

  const ask = async (): Promise<Mapping> => {
    const enough = new AbortController();
    const limit = AbortSignal.any([deps.stopping, timeoutSignal(answerTimeoutMs), enough.signal]);
    const heard: UdpAddress[] = [];
    let unheard = 0;
    if (reflectors(deps.connections()).length < minAsked) await deps.recall(limit);
    await Promise.all(
      reflectors(deps.connections()).map(async (connection) => {
        const answer = await askOne(connection, limit).catch(() => null);
        if (enough.signal.aborted || answer === null) return;
        if (answer === "unheard") unheard++;
        else if (answer !== "unknown") heard.push(answer);
        if (heard.filter((other) => familyOf(other) === familyOf(heard[0] as UdpAddress)).length > 1) enough.abort();
      }),
    );
    return toMapping(heard, unheard);
  };

  return {
    async answer(stream, peer, stopping) {
      const port = deps.portFor(peer);
      if (port === null) throw new Error("there is no UDP socket");
      const signal = AbortSignal.any([stopping, timeoutSignal(answerTimeoutMs)]);
      const settled = new AbortController();
      const token = randomBytes(tokenBytes).toString("hex");
      try {
        const arrived = new Promise<UdpAddress | null>((resolve) => {
          waiting.set(token, resolve);
          for (const ends of [signal, settled.signal])
            ends.addEventListener("abort", () => resolve(null), { once: true });
        });
        // Whoever hangs up waits for nothing.
        stream.addEventListener("close", () => settled.abort(), { once: true });
        const control = messages(stream);
        await control.write({ port, token, isHeard: heardFrom.has(scopeOf(peer.address)) }, signal);
        const from = await arrived;
        if (from === null) return;
        heardFrom.add(scopeOf(peer.address));
        await control.write(from, signal);
      } finally {
        waiting.delete(token);
        settled.abort();
        await stream.close({ signal: AbortSignal.any([stopping, timeoutSignal(answerTimeoutMs)]) });
      }
    },
    accept(datagram, from) {
      if (datagram.kind === "reflect") waiting.get(datagram.token)?.(from);
    },
    mapping() {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
}

const scopeOf = (address: string) => (isPrivate(multiaddr(address)) ? "private" : "public");

/** Nodes that we have dialled, so that they can be, each at another host: a NAT may tell hosts apart, and not ports. */
function reflectors(connections: readonly PeerConnection[]): PeerConnection[] {
  const dialled = connections.filter(({ path, direction }) => path === "direct" && direction === "outbound");
  return [...new Map(dialled.map((connection) => [hostOf(connection), connection])).values()].slice(0, maxAsked);
}

function toMapping(heard: readonly UdpAddress[], unheard: number): Mapping {
  const byFamily = Map.groupBy(heard, familyOf);
  const distinct = (addresses: readonly UdpAddress[]) => [
    ...new Map(addresses.map((one) => [keyOf(one), one])).values(),
  ];
  const compared = [...byFamily.values()].filter((addresses) => addresses.length > 1);
  const addresses = [...byFamily.values()].flatMap(distinct);
  if (heard.length === 0) return { kind: unheard > 0 ? "blocked" : "unknown", addresses };
  if (compared.length === 0) return { kind: "unknown", addresses };
  const isSame = compared.some((of) => distinct(of).length === 1);
  return { kind: isSame ? "endpoint-independent" : "address-dependent", addresses };
}
