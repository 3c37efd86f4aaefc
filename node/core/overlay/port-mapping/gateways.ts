import type { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";
import type { Gateway } from "@achingbrain/nat-port-mapper";
import { isPrivateIp } from "@libp2p/utils";
import { ShadowMeshError } from "../../errors.ts";
import { portMappingErrors } from "./errors.ts";

/** As RFC 6886, section 3.3, recommends. Renewed at half of it: a router that was started anew has forgotten. */
export const leaseMs = 2 * 60 * 60_000;
const pmpTimeoutMs = 2_000;
const upnpTimeoutMs = 5_000;

/** A router that forwards ports to this machine. */
export interface PortMapper {
  readonly protocol: "NAT-PMP" | "UPnP";
  /** The router's own address on its other side. */
  externalHost(signal: AbortSignal): Promise<string>;
  /** Forwards a TCP port for the time of a lease, or renews that; the port outside may be another. */
  map(port: number, signal: AbortSignal): Promise<number>;
  unmap(port: number, externalPort: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What of the library's UPnP gateway we reach into: its own `unmap` names the port inside, and no protocol. */
interface UpnpGateway {
  getGateway(options: { signal: AbortSignal }): Promise<{
    run(service: string, action: string, args: [string, string | number][], options: object): Promise<unknown>;
  }>;
}

/**
 * A router of this network that forwards ports: by NAT-PMP (RFC 6886), else by UPnP (an IGD of version 2).
 *
 * @throws NO_GATEWAY, MAPPING_REFUSED
 */
export async function findGateway(signal: AbortSignal): Promise<PortMapper> {
  // Loaded on demand: most nodes that can be dialled, and all of a test network, have no router to ask.
  const library = await import("@achingbrain/nat-port-mapper");
  // Renewed by ourselves: the library takes a lease of NAT-PMP in seconds, of UPnP in milliseconds, and mistakes them.
  const settings = { autoRefresh: false, description: "shadowmesh" };
  let refusal: Error | null = null;
  for (const host of await defaultGateways()) {
    const gateway = library.pmpNat(host, settings);
    const mapper = createPmpMapper(gateway);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(pmpTimeoutMs)]);
    try {
      await mapper.externalHost(limit);
      return mapper;
    } catch (error) {
      if (!limit.aborted) refusal = error as Error;
      await mapper.close();
    }
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(upnpTimeoutMs)]);
  for await (const gateway of library.upnpNat(settings).findGateways({ signal: limit })) {
    if (gateway.family === "IPv4") return createUpnpMapper(gateway);
  }
  if (refusal === null) throw new ShadowMeshError(portMappingErrors.NO_GATEWAY);
  const details = { protocol: "NAT-PMP", reason: refusal.message };
  throw new ShadowMeshError(portMappingErrors.MAPPING_REFUSED, { details, cause: refusal });
}

function createPmpMapper(gateway: Gateway): PortMapper {
  // An emitter, though its type does not say so: without a listener an error of its socket would end the process.
  (gateway as Gateway & EventEmitter).on("error", () => undefined);
  return {
    protocol: "NAT-PMP",
    externalHost: (signal) => gateway.externalIp({ signal }),
    async map(port, signal) {
      const { externalPort } = await gateway.map(port, gateway.host, { protocol: "tcp", ttl: leaseMs / 1_000, signal });
      return externalPort;
    },
    unmap: (port, _, signal) => gateway.unmap(port, { signal }),
    close: () => gateway.stop().catch(() => undefined),
  };
}

function createUpnpMapper(gateway: Gateway): PortMapper {
  return {
    protocol: "UPnP",
    externalHost: (signal) => gateway.externalIp({ signal }),
    async map(port, signal) {
      const host = ownAddressBeside(gateway.host);
      if (host === null) throw new Error("the router is on no network of this machine");
      return (await gateway.map(port, host, { protocol: "tcp", ttl: leaseMs, signal })).externalPort;
    },
    async unmap(_, externalPort, signal) {
      const device = await (gateway as unknown as UpnpGateway).getGateway({ signal });
      const named: [string, string | number][] = [
        ["NewRemoteHost", ""],
        ["NewExternalPort", externalPort],
        ["NewProtocol", "TCP"],
      ];
      await device.run("urn:schemas-upnp-org:service:WANIPConnection:2", "DeletePortMapping", named, { signal });
    },
    close: async () => undefined,
  };
}

/** Own IPv4 addresses of local networks. */
function privateInterfaces() {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal, address }) => family === "IPv4" && !internal && isPrivateIp(address) === true);
}

/** Our address on the network of a router: the only one that it forwards to for us. */
function ownAddressBeside(router: string): string | null {
  const beside = privateInterfaces().find(({ address, cidr }) => {
    const network = new BlockList();
    network.addSubnet(address, Number(cidr?.split("/")[1]));
    return network.check(router);
  });
  return beside?.address ?? null;
}

/** The routers to ask by NAT-PMP. Only Linux says in a file where they are; elsewhere it is the network's first address. */
async function defaultGateways(): Promise<string[]> {
  const routes = await readFile("/proc/net/route", "utf8").catch(() => null);
  if (routes === null) return privateInterfaces().map(({ address }) => address.replace(/\d+$/, "1"));
  const rows = routes.split("\n").map((line) => line.split("\t"));
  const gateways = rows.flatMap(([, destination, gateway]) =>
    destination === "00000000" && gateway !== undefined ? [fromLittleEndian(gateway)] : [],
  );
  return [...new Set(gateways)].filter((host) => isPrivateIp(host) === true);
}

const fromLittleEndian = (hex: string): string => [...Buffer.from(hex, "hex").reverse()].join(".");
