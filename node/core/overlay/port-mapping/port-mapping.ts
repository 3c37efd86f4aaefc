import { isPrivateIp, tryGetNetConfig } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import type { Logger } from "pino";
import { createBackoff } from "../../backoff.ts";
import { createChangeEmitter, nextChange } from "../../change.ts";
import { ShadowMeshError } from "../../errors.ts";
import { portMappingErrors } from "./errors.ts";
import { findGateway, leaseMs, type PortMapper } from "./gateways.ts";

const requestTimeoutMs = 5_000;
/** A router that knows nothing of it today may be another one tomorrow. */
const retryLimits = { minMs: 60_000, maxMs: 30 * 60_000 };

export interface PortMappingDeps {
  /** The multiaddrs that libp2p listens on. */
  listening(): Multiaddr[];
  dataPort(): number | null;
  /** Told whenever something is mapped, or no longer. */
  onChange(): void;
  log: Logger;
}

export interface PortMappingStatus {
  readonly protocol: PortMapper["protocol"] | null;
  /** The router's address on its other side. */
  readonly externalHost: string | null;
  /** Ports inside, and those outside that lead to them. */
  readonly ports: ReadonlyMap<number, number>;
  /** Why nothing is mapped, or nothing comes of it; null where all is well, or while it is being found out. */
  readonly hindrance: ShadowMeshError | null;
}

/** Has the router forward this node's ports to it, for as long as it runs. */
export interface PortMapping {
  start(): void;
  stop(): Promise<void>;
  /** Looks for a router at once: the network may be another one. */
  refresh(): void;
  status(): PortMappingStatus;
  /** Multiaddrs outside that lead here; none behind two routers, since nobody could come that way. */
  addresses(): string[];
}

export function createPortMapping(enabled: boolean, deps: PortMappingDeps): PortMapping {
  const stopping = new AbortController();
  const again = createChangeEmitter();
  let running: Promise<void> | undefined;
  let mapper: PortMapper | null = null;
  let externalHost: string | null = null;
  let hindrance: ShadowMeshError | null = enabled ? null : new ShadowMeshError(portMappingErrors.MAPPING_OFF);
  const ports = new Map<number, number>();

  const limit = () => AbortSignal.any([stopping.signal, AbortSignal.timeout(requestTimeoutMs)]);
  const targets = () => {
    const inside = deps.listening().filter(isBehindRouter);
    const dataPort = inside.length === 0 ? null : deps.dataPort();
    return [...new Set([...inside.map(portOf), ...(dataPort === null ? [] : [dataPort])])];
  };

  const release = async () => {
    const [old, mapped] = [mapper, [...ports]];
    mapper = null;
    externalHost = null;
    ports.clear();
    if (old === null) return;
    const signal = AbortSignal.timeout(requestTimeoutMs);
    for (const [inside, outside] of mapped) await old.unmap(inside, outside, signal).catch(() => undefined);
    await old.close();
  };

  const mapAll = async (by: PortMapper) => {
    for (const port of targets()) ports.set(port, await by.map(port, limit()));
    externalHost = await by.externalHost(limit());
    hindrance = isPrivateIp(externalHost) === true ? new ShadowMeshError(portMappingErrors.GATEWAY_NOT_PUBLIC) : null;
  };

  /** @throws why nothing is mapped */
  const renew = async () => {
    if (targets().length === 0) throw new ShadowMeshError(portMappingErrors.MAPPING_NOT_NEEDED);
    if (mapper !== null) {
      // The router may have gone, or be another one.
      const renewed = await mapAll(mapper).then(
        () => true,
        () => false,
      );
      if (renewed) return;
      await release();
    }
    const found = await findGateway(stopping.signal);
    const { protocol } = found;
    mapper = found;
    await mapAll(found).catch(async (cause: unknown) => {
      await release();
      const details = { protocol, reason: (cause as Error).message };
      throw new ShadowMeshError(portMappingErrors.MAPPING_REFUSED, { details, cause });
    });
    deps.log.info({ protocol, externalHost, ports: Object.fromEntries(ports) }, "the router forwards ports");
  };

  const run = async () => {
    const backoff = createBackoff(retryLimits);
    again.onChange(backoff.reset);
    while (!stopping.signal.aborted) {
      let waitMs = leaseMs / 2;
      try {
        await renew();
        backoff.reset();
      } catch (cause) {
        if (stopping.signal.aborted) break;
        const isReason = ShadowMeshError.is(cause);
        hindrance = isReason ? cause : new ShadowMeshError(portMappingErrors.NO_GATEWAY, { cause });
        deps.log.info({ code: hindrance.code, details: hindrance.details }, "no port is forwarded");
        waitMs = backoff.next();
      }
      deps.onChange();
      await nextChange([again], waitMs, stopping.signal);
    }
    await release();
  };

  return {
    start() {
      if (enabled && !stopping.signal.aborted) running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    refresh: again.emit,
    status: () => ({ protocol: mapper?.protocol ?? null, externalHost, ports, hindrance }),
    addresses() {
      const host = externalHost;
      if (host === null || hindrance !== null) return [];
      const outside = deps
        .listening()
        .filter(isBehindRouter)
        .flatMap((address) => {
          const port = ports.get(portOf(address));
          return port === undefined
            ? []
            : [address.toString().replace(/^\/ip4\/[^/]+\/tcp\/\d+/, `/ip4/${host}/tcp/${port}`)];
        });
      return [...new Set(outside)].map((address) => multiaddr(address).toString());
    },
  };
}

/** A TCP address of a local IPv4 network, not of this machine alone. */
function isBehindRouter(address: Multiaddr): boolean {
  const config = tryGetNetConfig(address);
  if (config?.type !== "ip4" || config.protocol !== "tcp") return false;
  return isPrivateIp(config.host) === true && !config.host.startsWith("127.");
}

const portOf = (address: Multiaddr): number => tryGetNetConfig(address)?.port ?? 0;
