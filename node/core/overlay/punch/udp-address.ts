import { BlockList, SocketAddress } from "node:net";
import { networkInterfaces } from "node:os";
import type { PeerId } from "@libp2p/interface";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { z } from "zod";

/** Where a datagram comes from or goes to; the host an IP address as the system writes it. */
export interface UdpAddress {
  readonly host: string;
  readonly port: number;
}

export const udpAddressSchema = z.object({
  host: z.union([z.ipv4(), z.ipv6()]).transform(normalized),
  port: z.number().int().min(1).max(65_535),
});

/** What no peer may have us send to: loopback, other hosts' groups, and what has a meaning on one link alone. */
const unsendable = new BlockList();
unsendable.addSubnet("0.0.0.0", 8, "ipv4");
unsendable.addSubnet("169.254.0.0", 16, "ipv4");
unsendable.addSubnet("224.0.0.0", 3, "ipv4");
unsendable.addSubnet("::", 128, "ipv6");
unsendable.addSubnet("fe80::", 10, "ipv6");
unsendable.addSubnet("ff00::", 8, "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

export const familyOf = ({ host }: UdpAddress): "ipv4" | "ipv6" => (host.includes(":") ? "ipv6" : "ipv4");
/** As libp2p writes it, with whom it is. */
export const toMultiaddr = (address: UdpAddress, peer: PeerId): Multiaddr =>
  multiaddr(`/${familyOf(address) === "ipv6" ? "ip6" : "ip4"}/${address.host}/udp/${address.port}/p2p/${peer}`);
export const keyOf = ({ host, port }: UdpAddress): string => `${host} ${port}`;

export const isLoopback = (address: UdpAddress): boolean => loopback.check(address.host, familyOf(address));

/** Whether a socket bound to `own` may send to an address that a peer named: to loopback only from loopback. */
export function isSendable(address: UdpAddress, own: UdpAddress): boolean {
  const family = familyOf(address);
  if (unsendable.check(address.host, family) || isLoopback(address) !== isLoopback(own)) return false;
  // A socket on all IPv6 addresses has those of IPv4 as well.
  return family === familyOf(own) || own.host === "::";
}

/** The addresses of this machine at which the socket hears; on the peer's own network they work without a router. */
export function localAddresses(own: UdpAddress): UdpAddress[] {
  if (own.host !== "::" && own.host !== "0.0.0.0") return [own];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => ({ host: address, port: own.port }))
    .filter((address) => isSendable(address, own));
}

function normalized(host: string): string {
  return new SocketAddress({ address: host, family: host.includes(":") ? "ipv6" : "ipv4" }).address;
}
