import { getThinWaistAddresses, tryGetNetConfig } from "@libp2p/utils";
import { multiaddr } from "@multiformats/multiaddr";
import type { Logger } from "pino";
import { ShadowMeshError } from "../errors.ts";
import type { OverlayConfig } from "./config.ts";
import { overlayErrors } from "./errors.ts";
import type { Libp2pNode } from "./libp2p-node.ts";

type Configured = Pick<OverlayConfig, "listen">;

/** A configuration without what this machine can't do: to listen on IPv6, where it has none and IPv4 is asked for as well. */
export function listenable<T extends Configured>(config: T, log: Logger): T {
  const others = config.listen.filter((address) => !isIp6(address));
  const isAll = others.length === config.listen.length || others.length === 0 || machineHasIp6();
  if (isAll) return config;
  log.warn({ listen: others }, "this machine has no IPv6: others reach this node over IPv4 alone");
  return { ...config, listen: others };
}

/** @throws LISTEN_FAILED */
export async function startListening(node: Libp2pNode, { listen }: Configured): Promise<void> {
  await Promise.resolve(node.start()).catch((cause: unknown) => {
    throw toListenError(cause, listen);
  });
  const wanted = listen.filter(isIp6);
  const isHeard = node.services.ownAddresses.listening().some((address) => isIp6(address.toString()));
  // libp2p takes it for a machine without IPv6, and goes on, where others have the ports.
  if (wanted.length > 0 && !isHeard) throw toListenError(undefined, wanted);
}

/** libp2p tells in one text what failed: a line for each address. */
function toListenError(cause: unknown, listen: readonly string[]): ShadowMeshError {
  const failed = [...String(cause).matchAll(/^ {2}(\/\S+): (?:Error: )?(.+)$/gm)];
  const what = failed.map(([, address, reason]) => `${address} (${reason})`).join(", ");
  return new ShadowMeshError(overlayErrors.LISTEN_FAILED, {
    ...(failed.length === 0 ? {} : { message: `The overlay cannot listen on ${what}.` }),
    details: { listen: failed.length === 0 ? listen : failed.map(([, address]) => address) },
    cause,
  });
}

/** A TCP port beside libp2p's, on each of its hosts; null for a node that only dials out. */
export function tcpBeside({ listen }: Configured, port: number | null) {
  const all = hostsOf(listen);
  // All addresses of a version have each of them.
  const hosts = all.filter((host) => isUnspecified(host) || !all.includes(host.includes(":") ? "::" : "0.0.0.0"));
  return hosts.length === 0 || port === null ? null : { hosts, port };
}

/** A UDP port beside them, on one socket: on all addresses where libp2p has all of IPv4 or IPv6, else on its first host. */
export function udpBeside({ listen }: Configured, port: number | null) {
  const hosts = hostsOf(listen);
  const host = hosts.find(isUnspecified) ?? hosts[0];
  return host === undefined || port === null ? null : { host, port };
}

function hostsOf(listen: readonly string[]): string[] {
  return [...new Set(listen.flatMap((address) => tryGetNetConfig(multiaddr(address))?.host ?? []))];
}

const isUnspecified = (host: string) => host === "0.0.0.0" || host === "::";
const isIp6 = (address: string) => tryGetNetConfig(multiaddr(address))?.type === "ip6";

/** Any address that libp2p would listen on: even a machine that is on no network has ::1. */
const machineHasIp6 = () => getThinWaistAddresses(multiaddr("/ip6/::/tcp/0")).length > 0;
