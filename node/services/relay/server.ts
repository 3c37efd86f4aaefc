import type { CircuitRelayService } from "@libp2p/circuit-relay-v2";
import { isStartable } from "@libp2p/interface";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { applyChanges, type ChangeSource } from "../../core/change.ts";
import type { Meter, Overlay } from "../../core/overlay/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import { unregistered } from "../../core/vocabulary.ts";
import { type BandwidthLimits, createBandwidth } from "./bandwidth.ts";
import type { RelayConfig } from "./config.ts";
import { tellOfDrain } from "./drain.ts";
import { createParkingServer } from "./parking-server.ts";
import { createSplicing } from "./splicing.ts";
import { createUsage, type Usage } from "./usage.ts";

/** Twice what clients took on a machine of two busy cores; who has not moved by then is cut off. */
const drainTimeoutMs = 20_000;
const endTimeoutMs = 5_000;

export interface RelayServerDeps {
  overlay: Pick<
    Overlay,
    "circuit" | "connections" | "handle" | "unhandle" | "parked" | "splices" | "dataPort" | "dataPortFor" | "serveHops"
  >;
  membership: ChangeSource & { registration(): Registration | null };
  /** Whether the contract knows the peer as active: for others no lane is spliced. */
  mayPass(peerId: Hex): Promise<boolean>;
  /**
   * Whether the contract says that nobody registered the peer: what circuits bring those counts for all of them together, but
   * for those with a channel to us.
   */
  isUnregistered(peerId: Hex): Promise<boolean>;
  /** Has clients pay for what passes. @default all of it is free */
  charging?: { readonly meter: Meter; settle(client: Hex): Promise<boolean>; vouches(client: Hex): Promise<boolean> };
  log: Logger;
}

export type RelayServerConfig = Omit<RelayConfig, "reservations" | "parkAfterMs">;

export interface RelayServer extends Service {
  /** Nodes that hold a reservation with us. */
  readonly reservationsHeld: number;
  /** Those of them that wait for being woken, instead of being connected. */
  readonly parked: number;
  /** Whether it is about to stop: nobody gets a reservation that would not last. */
  readonly draining: boolean;
  /** What was relayed for whom. */
  readonly usage: Pick<Usage, "bytesOf" | "clients" | "totalBytes" | "onChange">;
  /** Takes other caps from now on. */
  limit(limits: BandwidthLimits): void;
}

/** Relays for others while the contract lists this node as public and active, and not a moment longer. */
export function createRelayServer(config: RelayServerConfig, deps: RelayServerDeps): RelayServer {
  const { overlay, membership, mayPass, isUnregistered, charging, log } = deps;
  const usage = createUsage();
  const bandwidth = createBandwidth(config);
  const meter: Meter = (client, bytes) => {
    usage.add(client, bytes);
    const room = bandwidth.take(client, bytes);
    const paid = charging?.meter(client, bytes);
    return paid === undefined ? room : Promise.all([paid, room]).then(() => undefined);
  };
  const settle = async (client: Hex) => charging?.settle(client) ?? true;
  const parking = createParkingServer({ overlay });
  const splicing = createSplicing({ overlay, mayPass, meter, settle });
  let server: CircuitRelayService | undefined;
  let draining = false;

  const begin = async () => {
    const clientOf = async (dialler: Hex) =>
      (await isUnregistered(dialler)) && !(await charging?.vouches(dialler)) ? unregistered : dialler;
    const circuits = overlay.circuit.createServer(config, meter, clientOf);
    server = circuits;
    if (isStartable(circuits)) await circuits.start();
    await parking.begin((client) => !draining && circuits.reservations.has(client));
    await splicing.begin();
    overlay.serveHops({ mayPass, settle, meter });
    log.info({ maxReservations: config.maxReservations, dataPort: overlay.dataPort }, "relaying for others");
  };

  const end = async () => {
    overlay.serveHops(null);
    await splicing.end();
    await parking.end();
    bandwidth.stop();
    if (isStartable(server)) await server.stop();
    server = undefined;
    log.info("relaying ended");
  };

  /** Lets clients take other relays, announce them, and move those who are connected to them, before this one goes. */
  const drain = async ({ reservations }: CircuitRelayService) => {
    const signal = timeoutSignal(drainTimeoutMs);
    // Before nobody gets a reservation any more, as they take theirs anew.
    await Promise.allSettled(overlay.parked.ids().map((client) => overlay.parked.wake(client, signal)));
    draining = true;
    const clients = overlay
      .connections()
      .filter(({ path, libp2p }) => path === "direct" && reservations.has(libp2p.remotePeer));
    const told = clients.map((client) => tellOfDrain(client, { withinMs: drainTimeoutMs, signal }));
    const answers = await Promise.allSettled(told);
    const moved = answers.filter((answer) => answer.status === "fulfilled" && answer.value).length;
    if (clients.length > 0) log.info({ clients: clients.length, moved }, "clients were told that this relay stops");
  };

  const apply = async () => {
    const registration = membership.registration();
    const wanted = registration?.nodeType === "light_public" && registration.active;
    if (wanted && server === undefined) await begin();
    else if (!wanted && server !== undefined) await end();
  };

  const role = applyChanges(membership, apply, (error) => log.error({ err: error }, "relay server"));

  return {
    get reservationsHeld() {
      return server?.reservations.size ?? 0;
    },
    get parked() {
      return overlay.parked.count;
    },
    get draining() {
      return draining;
    },
    usage,
    limit: bandwidth.limit,
    stopTimeoutMs: drainTimeoutMs + endTimeoutMs,
    start: role.start,
    async stop() {
      await role.stop();
      if (server === undefined) return;
      await drain(server);
      await end();
    },
  };
}
