import type { Connection, PeerId } from "@libp2p/interface";
import { isPrivate, tryGetNetConfig } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../errors.ts";
import { isRelayed } from "../peer-connection.ts";
import type { Dialer } from "./dialer.ts";
import { ladderErrors } from "./errors.ts";
import type { Rung } from "./rung.ts";

/** A handshake across the world takes under one second. */
const timeoutMs = 5_000;

/** A peer that waits at us for being woken: it comes by itself, wherever it is. */
export interface WaitingPeers {
  has(peerId: Hex): boolean;
  wake(peerId: Hex, signal: AbortSignal): Promise<Connection>;
}

/** The first rung: the peer's own addresses, those that a router maps to it among them; of one that is parked here none. */
export function createDirectRung({ dial, canDial }: Dialer, parked: WaitingPeers): Rung {
  return {
    name: "direct",
    plan({ record, libp2pId }) {
      if (parked.has(record.peerId)) {
        const open = (signal: AbortSignal) => parked.wake(record.peerId, signal);
        return [{ address: null, relay: () => null, timeoutMs, open }];
      }
      const addresses = toMultiaddrs(record.addresses, libp2pId).filter(
        (address) => !isRelayed(address.toString()) && canDial(address),
      );
      if (addresses.length === 0) return new ShadowMeshError(ladderErrors.NO_DIRECT_ADDRESS);
      return inOrder(addresses).map((address) => ({
        address: address.toString(),
        relay: () => null,
        timeoutMs,
        open: (signal) => dial(address, signal),
      }));
    },
  };
}

/** A record's author writes its addresses: those that are not multiaddrs are left out, not trusted. */
export function toMultiaddrs(addresses: readonly string[], peer: PeerId): Multiaddr[] {
  return addresses.flatMap((text) => {
    try {
      return [multiaddr(`${text.replace(/\/p2p\/[^/]+$/, "")}/p2p/${peer}`)];
    } catch {
      return [];
    }
  });
}

/** Plain TCP and public addresses first, and of these IPv6 and IPv4 in turns (RFC 8305, section 4). */
function inOrder(addresses: readonly Multiaddr[]): Multiaddr[] {
  const turns = new Map<string, number>();
  const ranked = addresses.map((address) => {
    const isWebSocket = /\/wss?(\/|$)/.test(address.toString());
    const isLocal = isPrivate(address);
    const isIp6 = tryGetNetConfig(address)?.type === "ip6";
    const family = `${isWebSocket} ${isLocal} ${isIp6}`;
    const turn = turns.get(family) ?? 0;
    turns.set(family, turn + 1);
    return { address, rank: [Number(isWebSocket), Number(isLocal), turn, Number(!isIp6)] };
  });
  return ranked.sort((a, b) => compare(a.rank, b.rank)).map(({ address }) => address);
}

/** Of two lists of one length, by the first number in which they differ. */
function compare(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return differing < 0 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}
