import { isPrivateIp, tryGetNetConfig } from "@libp2p/utils";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import type { Logger } from "pino";
import { createBackoff } from "../../backoff.ts";
import { createChangeEmitter, nextChange } from "../../change.ts";
import { ShadowMeshError } from "../../errors.ts";
import { timeoutSignal } from "../../timeout-signal.ts";
import { portMappingErrors } from "./errors.ts";
import { findGateway, leaseMs, type OwnPort, type PortMapper, type RouterState } from "./gateways.ts";

const requestTimeoutMs = 5_000;
/** A router that knows nothing of it today may be another one tomorrow. */
const retryLimits = { minMs: 60_000, maxMs: 30 * 60_000 };
/** How often the router is asked whether it is still the same, at another address or not: a packet or two each time. */
const watchMs = 10_000;
/** From the word of a change until all is mapped anew: anybody on the network can send such words, and many. */
const wordPauseMs = 500;
/** A router's clock may be slow by so much (RFC 6886, section 3.6). */
const epochTolerance = { share: 7 / 8, s: 2 } as const;

export interface PortMappingDeps {
  /** The multiaddrs that libp2p listens on. */
  listening(): Multiaddr[];
  dataPort(): number | null;
  udpPort(): number | null;
  /** Told whenever something is mapped, or no longer. */
  onChange(): void;
  /** Told when the router has another address on its other side: nothing that went through it to beyond still works. */
  onMoved(): void;
  log: Logger;
}

/** A port, and the number outside that leads to it. */
export interface MappedPort extends OwnPort {
  readonly outside: number;
}

export interface PortMappingStatus {
  readonly protocol: PortMapper["protocol"] | null;
  /** The router's address on its other side. */
  readonly externalHost: string | null;
  readonly ports: readonly MappedPort[];
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
  /** The number outside of a port, as those beyond the router have to use it; undefined where it is not forwarded. */
  outsideOf(own: OwnPort): number | undefined;
  /** Multiaddrs outside that lead here; none behind two routers, since nobody could come that way. */
  addresses(): string[];
}

export function createPortMapping(enabled: boolean, deps: PortMappingDeps): PortMapping {
  const stopping = new AbortController();
  const again = createChangeEmitter();
  const announced = createChangeEmitter();
  /** Whether the router, or somebody in its name, has said that something has changed. */
  let isTold = false;
  let stopHearing = () => {};
  let running: Promise<void> | undefined;
  let mapper: PortMapper | null = null;
  let router: (RouterState & { readonly atMs: number }) | null = null;
  /** The router's address as it was last, be it some time ago. */
  let knownHost: string | undefined;
  let renewAtMs = 0;
  let hindrance: ShadowMeshError | null = enabled ? null : new ShadowMeshError(portMappingErrors.MAPPING_OFF);
  const ports = new Map<string, MappedPort>();

  const limit = () => AbortSignal.any([stopping.signal, timeoutSignal(requestTimeoutMs)]);
  const targets = (): OwnPort[] => {
    const inside = deps.listening().filter(isBehindRouter);
    if (inside.length === 0) return [];
    const [dataPort, udpPort] = [deps.dataPort(), deps.udpPort()];
    const tcp = new Set([...inside.map(portOf), ...(dataPort === null ? [] : [dataPort])]);
    return [
      ...[...tcp].map((port) => ({ protocol: "tcp", port }) as const),
      ...(udpPort === null ? [] : [{ protocol: "udp", port: udpPort } as const]),
    ];
  };
  const outsideOf = (own: OwnPort) => ports.get(keyOf(own))?.outside;

  const release = async () => {
    stopHearing();
    stopHearing = () => {};
    const [old, mapped] = [mapper, [...ports.values()]];
    mapper = null;
    router = null;
    ports.clear();
    if (old === null) return;
    const signal = timeoutSignal(requestTimeoutMs);
    for (const one of mapped) await old.unmap(one, one.outside, signal).catch(() => undefined);
  };

  const ask = async (by: PortMapper) => ({ ...(await by.state(limit())), atMs: performance.now() });

  /** Whether the router has the same address, and has forgotten nothing, as far as it says. */
  const isAsBefore = async (by: PortMapper): Promise<boolean> => {
    const before = router;
    const state = await ask(by);
    if (before === null || state.externalHost !== before.externalHost) return false;
    router = state;
    if (before.epochS === null || state.epochS === null) return true;
    const passedS = (state.atMs - before.atMs) / 1_000;
    return state.epochS >= before.epochS + passedS * epochTolerance.share - epochTolerance.s;
  };

  const mapAll = async (by: PortMapper) => {
    for (const own of targets()) {
      try {
        ports.set(keyOf(own), { ...own, outside: await by.map(own, limit()) });
      } catch (error) {
        // By TCP alone it can be dialled all the same.
        if (own.protocol === "tcp" || stopping.signal.aborted) throw error;
        ports.delete(keyOf(own));
        deps.log.info({ err: error }, "the router does not forward the UDP port");
      }
    }
    router = await ask(by);
    renewAtMs = performance.now() + leaseMs / 2;
    hindrance =
      isPrivateIp(router.externalHost) === true ? new ShadowMeshError(portMappingErrors.GATEWAY_NOT_PUBLIC) : null;
  };

  /**
   * Resolves with whether something is other than before.
   *
   * @throws why nothing is mapped
   */
  const keep = async (hurried: boolean): Promise<boolean> => {
    const isDue = hurried || mapper === null || performance.now() >= renewAtMs;
    if (!isDue && mapper !== null && (await isAsBefore(mapper).catch(() => false))) return false;
    await renew();
    const before = knownHost;
    knownHost = router?.externalHost ?? before;
    if (before !== undefined && before !== knownHost) {
      deps.log.info("the router has another address");
      deps.onMoved();
    }
    return true;
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
    stopHearing = found.hear(() => {
      isTold = true;
      announced.emit();
    });
    await mapAll(found).catch(async (cause: unknown) => {
      await release();
      const details = { protocol, reason: (cause as Error).message };
      throw new ShadowMeshError(portMappingErrors.MAPPING_REFUSED, { details, cause });
    });
    deps.log.info({ protocol, ports: [...ports.values()] }, "the router forwards ports");
  };

  const run = async () => {
    const backoff = createBackoff(retryLimits);
    let hurried = true;
    again.onChange(() => {
      hurried = true;
      backoff.reset();
    });
    while (!stopping.signal.aborted) {
      let waitMs = watchMs;
      const asked = hurried;
      hurried = false;
      try {
        if (await keep(asked)) deps.onChange();
        backoff.reset();
      } catch (cause) {
        if (stopping.signal.aborted) break;
        const isReason = ShadowMeshError.is(cause);
        hindrance = isReason ? cause : new ShadowMeshError(portMappingErrors.NO_GATEWAY, { cause });
        deps.log.info({ code: hindrance.code, details: hindrance.details }, "no port is forwarded");
        waitMs = backoff.next();
        deps.onChange();
      }
      if (!isTold) await nextChange([again, announced], waitMs, stopping.signal);
      if (!isTold) continue;
      await nextChange([again], wordPauseMs, stopping.signal);
      isTold = false;
      hurried = true;
      deps.log.debug("the router says that something has changed");
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
    refresh() {
      // Another router, perhaps, whose address says nothing of this one's.
      knownHost = undefined;
      again.emit();
    },
    status: () => ({
      protocol: mapper?.protocol ?? null,
      externalHost: router?.externalHost ?? null,
      ports: [...ports.values()],
      hindrance,
    }),
    outsideOf,
    addresses() {
      const host = router?.externalHost;
      if (host === undefined || hindrance !== null) return [];
      const outside = deps
        .listening()
        .filter(isBehindRouter)
        .flatMap((address) => {
          const port = outsideOf({ protocol: "tcp", port: portOf(address) });
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

const keyOf = ({ protocol, port }: OwnPort): string => `${protocol} ${port}`;
const portOf = (address: Multiaddr): number => tryGetNetConfig(address)?.port ?? 0;
