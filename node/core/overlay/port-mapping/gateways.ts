import type { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";
import type { Gateway, pmpNat } from "@achingbrain/nat-port-mapper";
import { isPrivateIp } from "@libp2p/utils";
import { ShadowMeshError } from "../../errors.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { hearAnnouncements } from "./announcements.ts";
import { portMappingErrors } from "./errors.ts";

/** As RFC 6886, section 3.3, recommends. Renewed at half of it: a router that was started anew has forgotten. */
export const leaseMs = 2 * 60 * 60_000;
/** How long each try waits for an answer by NAT-PMP: packets get lost, and the library sends each once (RFC 6886, section 3.1). */
const pmpTriesMs = [500, 1_000, 2_000] as const;
const upnpTimeoutMs = 5_000;

/** What a router says of itself. */
export interface RouterState {
  /** Its own address on its other side. */
  readonly externalHost: string;
  /** Seconds since it last forgot what it forwards; null where it does not say. */
  readonly epochS: number | null;
}

/** A port of this machine. */
export interface OwnPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** A router that forwards ports to this machine. */
export interface PortMapper {
  readonly protocol: "NAT-PMP" | "UPnP";
  state(signal: AbortSignal): Promise<RouterState>;
  /** Forwards a port for the time of a lease, or renews that; its number outside may be another. */
  map(own: OwnPort, signal: AbortSignal): Promise<number>;
  unmap(own: OwnPort, externalPort: number, signal: AbortSignal): Promise<void>;
  /** Tells when the router says by itself that something has changed; returns what ends that. */
  hear(onWord: () => void): () => void;
}

/** What of the library's NAT-PMP gateway we reach into: its own `externalIp` keeps the epoch for itself. */
interface PmpGateway {
  request(operation: 0, answer: PromiseWithResolvers<{ ip: number[]; epoch: number }>): void;
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
    const mapper = createPmpMapper(host, () => library.pmpNat(host, settings));
    try {
      await mapper.state(signal);
      return mapper;
    } catch (error) {
      if (!isSilence(error)) refusal = error as Error;
    }
  }
  const limit = AbortSignal.any([signal, timeoutSignal(upnpTimeoutMs)]);
  for await (const gateway of library.upnpNat(settings).findGateways({ signal: limit })) {
    if (gateway.family === "IPv4") return createUpnpMapper(gateway);
  }
  if (refusal === null) throw new ShadowMeshError(portMappingErrors.NO_GATEWAY);
  const details = { protocol: "NAT-PMP", reason: refusal.message };
  throw new ShadowMeshError(portMappingErrors.MAPPING_REFUSED, { details, cause: refusal });
}

type Question<T> = (gateway: Gateway, signal: AbortSignal) => Promise<T>;

/** Nobody has answered: in time, or at all. */
const isSilence = (error: unknown) => ["AbortError", "TimeoutError"].includes((error as Error).name);

function createPmpMapper(host: string, open: () => ReturnType<typeof pmpNat>): PortMapper {
  /** Asks over a socket of its own: the library's waits for ever for an answer that was lost. */
  const askOnce = async <T>(question: Question<T>, signal: AbortSignal) => {
    const gateway = open();
    // An emitter, though its type does not say so: without a listener an error of its socket would end the process.
    (gateway as Gateway & EventEmitter).on("error", () => undefined);
    try {
      return await question(gateway, signal);
    } finally {
      await gateway.stop().catch(() => undefined);
    }
  };
  const ask = async <T>(question: Question<T>, signal: AbortSignal): Promise<T> => {
    for (const ms of pmpTriesMs) {
      try {
        return await askOnce(question, AbortSignal.any([signal, timeoutSignal(ms)]));
      } catch (error) {
        if (!isSilence(error) || signal.aborted) throw error;
      }
    }
    throw new DOMException("The router does not answer.", "TimeoutError");
  };
  return {
    protocol: "NAT-PMP",
    state: (signal) =>
      ask(async (gateway, limit) => {
        const answer = Promise.withResolvers<{ ip: number[]; epoch: number }>();
        limit.addEventListener("abort", () => answer.reject(limit.reason), { once: true });
        (gateway as unknown as PmpGateway).request(0, answer);
        const { ip, epoch } = await answer.promise;
        return { externalHost: ip.join("."), epochS: epoch };
      }, signal),
    map: ({ protocol, port }, signal) =>
      ask(async (gateway, limit) => {
        const options = { protocol, ttl: leaseMs / 1_000, signal: limit } as const;
        return (await gateway.map(port, gateway.host, options)).externalPort;
      }, signal),
    unmap: ({ protocol, port }, _, signal) =>
      ask(async (gateway, limit) => {
        // The library takes it, though its type does not say so: without it, a port of TCP is meant.
        const options = { protocol, signal: limit };
        await gateway.unmap(port, options);
      }, signal),
    hear: (onWord) => hearAnnouncements(host, onWord),
  };
}

function createUpnpMapper(gateway: Gateway): PortMapper {
  return {
    protocol: "UPnP",
    state: async (signal) => ({ externalHost: await gateway.externalIp({ signal }), epochS: null }),
    async map({ protocol, port }, signal) {
      const host = ownAddressBeside(gateway.host);
      if (host === null) throw new Error("the router is on no network of this machine");
      return (await gateway.map(port, host, { protocol, ttl: leaseMs, signal })).externalPort;
    },
    async unmap({ protocol }, externalPort, signal) {
      const device = await (gateway as unknown as UpnpGateway).getGateway({ signal });
      const named: [string, string | number][] = [
        ["NewRemoteHost", ""],
        ["NewExternalPort", externalPort],
        ["NewProtocol", protocol.toUpperCase()],
      ];
      await device.run("urn:schemas-upnp-org:service:WANIPConnection:2", "DeletePortMapping", named, { signal });
    },
    // Its events are sent to who runs an HTTP server for them.
    hear: () => () => undefined,
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
