import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Chain } from "./core/chain/index.ts";
import { commonErrors, ShadowMeshError } from "./core/errors.ts";
import type { Overlay } from "./core/overlay/index.ts";
import type { Lookup } from "./services/discovery/index.ts";
import type { Membership } from "./services/membership/index.ts";
import type { PoolAgent } from "./services/pool/index.ts";
import type { RelayServer, Reservations } from "./services/relay/index.ts";

export interface MetricsDeps {
  chain: Pick<Chain, "state">;
  overlay: Pick<Overlay, "cache" | "connections" | "records">;
  membership: Pick<Membership, "joined">;
  reservations: Pick<Reservations, "ids" | "parked">;
  relayServer: Pick<RelayServer, "parked" | "reservationsHeld" | "usage">;
  poolAgent: Pick<PoolAgent, "heartbeats" | "status">;
}

export interface Metrics {
  readonly register: Registry;
  /** Reads the parts of a daemon at each scrape. */
  watch(deps: MetricsDeps): void;
  /** The same look-up, each of which is counted and timed. */
  measured(lookup: Lookup): Lookup;
  /** Serves GET /metrics in the Prometheus text format. */
  serve(server: FastifyInstance): void;
}

/** Metrics of a daemon: numbers of its own, never who its peers are or where. */
export function createMetrics(): Metrics {
  const register = new Registry();
  const registers = [register];
  // Its default looks at the event loop every 10 ms, which is a third of what an idle daemon does.
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 1_000 });
  const lookups = new Histogram({
    name: "shadowmesh_lookup_duration_seconds",
    help: "Time that look-ups took, by the source that answered first.",
    labelNames: ["source"],
    buckets: [0.0001, 0.001, 0.005, 0.015, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const failures = new Counter({
    name: "shadowmesh_lookup_failures_total",
    help: "Look-ups that found nothing, by error code.",
    labelNames: ["code"],
    registers,
  });

  return {
    register,
    measured: (lookup) => async (peerId, signal, options) => {
      try {
        const found = await lookup(peerId, signal, options);
        lookups.observe({ source: found.source }, found.elapsedMs / 1_000);
        return found;
      } catch (error) {
        failures.inc({ code: ShadowMeshError.is(error) ? error.code : commonErrors.INTERNAL.code });
        throw error;
      }
    },
    watch({ chain, overlay, membership, reservations, relayServer, poolAgent }) {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge("shadowmesh_chain_connected", "1 while the chain answers.", () => Number(chain.state === "connected"));
      gauge("shadowmesh_joined", "1 while the node is a member of the mesh.", () => Number(membership.joined()));
      gauge("shadowmesh_cached_peers", "Peers in the cache.", () => overlay.cache.size);
      gauge("shadowmesh_relays", "Relays that hold a reservation for this node.", () => reservations.ids().length);
      gauge(
        "shadowmesh_parked_relays",
        "Relays that hold a reservation for this node while it is parked there.",
        () => reservations.parked().length,
      );
      gauge(
        "shadowmesh_relayed_nodes",
        "Nodes that hold a reservation with this one.",
        () => relayServer.reservationsHeld,
      );
      gauge(
        "shadowmesh_parked_nodes",
        "Nodes that hold a reservation with this one and are parked.",
        () => relayServer.parked,
      );
      new Gauge({
        name: "shadowmesh_dht_servers",
        help: "DHT servers that this node knows, by the view that they serve.",
        labelNames: ["view"],
        registers,
        collect() {
          for (const view of ["regional", "global"] as const) this.set({ view }, overlay.records[view].servers);
        },
      });
      new Gauge({
        name: "shadowmesh_connections",
        help: "Open connections, by how they reach their peer.",
        labelNames: ["path", "direction"],
        registers,
        collect() {
          this.reset();
          for (const { path, direction } of overlay.connections()) this.inc({ path, direction });
        },
      });
      gauge("shadowmesh_pool_cores", "Cores that this machine offers to the pool.", () => {
        const { connected, offer } = poolAgent.status();
        return connected ? (offer?.cores ?? 0) : 0;
      });
      new Counter({
        name: "shadowmesh_pool_heartbeats_total",
        help: "Heartbeats to the pool by outcome: ok, or the error code.",
        labelNames: ["outcome"],
        registers,
        collect() {
          this.reset();
          for (const [outcome, count] of poolAgent.heartbeats) this.inc({ outcome }, count);
        },
      });
      new Counter({
        name: "shadowmesh_relayed_bytes_total",
        help: "Bytes relayed for others, both directions together.",
        registers,
        collect() {
          this.reset();
          this.inc(relayServer.usage.totalBytes);
        },
      });
    },
    serve(server) {
      server.get("/metrics", async (_, reply) => reply.type(register.contentType).send(await register.metrics()));
    },
  };
}
