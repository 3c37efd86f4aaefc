import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { formatEther } from "viem";
import { commonErrors, ShadowMeshError } from "../core/errors.ts";
import type { Pool } from "./pool/index.ts";

export interface BackboneMetrics {
  readonly register: Registry;
  /** `outcome` is `ok` or an error code. */
  countAuthentication(outcome: string): void;
  countLookup(outcome: string): void;
  /** Null for a probe that was not answered. */
  observeProbe(latencyMs: number | null): void;
  countTurn(turn: string): void;
  /** Events that are in the audit log now. */
  countAudited(types: readonly string[]): void;
  /**
   * Measures each request of a server, and serves GET /metrics in the Prometheus text format: to those who come to it
   * directly. Who comes through the proxy in front of it finds nothing there.
   */
  observe(server: FastifyInstance): void;
}

/** Metrics of one backbone, in a registry of their own: several backbones may run in a process. */
export function createBackboneMetrics(deps: {
  registryLive(): boolean;
  countNodes(): Promise<number>;
  /** The newest epoch whose evidence is on chain and at hand. */
  publishedEpoch(): number | null;
  /** What the node key holds, in wei. */
  balanceWei(): Promise<bigint>;
  pool(): Pick<Pool, "presence" | "events">;
  /** Alerts that no receiver has taken yet. */
  alertsWaiting(): Promise<number>;
}): BackboneMetrics {
  const register = new Registry();
  const registers = [register];
  // Its default looks at the event loop every 10 ms, which is a third of what an idle daemon does.
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 1_000 });
  const requests = new Histogram({
    name: "shadowmesh_http_request_duration_seconds",
    help: "Time from a request's first byte to its answer's last.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const authentications = new Counter({
    name: "shadowmesh_authentications_total",
    help: "Answered challenges by outcome: ok, or the error code.",
    labelNames: ["outcome"],
    registers,
  });
  const lookups = new Counter({
    name: "shadowmesh_lookups_total",
    help: "Look-ups of peers by outcome: ok, or the error code.",
    labelNames: ["outcome"],
    registers,
  });
  new Gauge({
    name: "shadowmesh_registry_live",
    help: "1 while the registry is what the chain says.",
    registers,
    collect() {
      this.set(deps.registryLive() ? 1 : 0);
    },
  });
  new Gauge({
    name: "shadowmesh_registry_nodes",
    help: "Nodes in the registry.",
    registers,
    async collect() {
      // A scrape must work while the database is away.
      await deps.countNodes().then(
        (count) => this.set(count),
        () => this.reset(),
      );
    },
  });
  const probes = new Histogram({
    name: "shadowmesh_probe_round_trip_seconds",
    help: "Round trips of the probes that nodes answered.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5],
    registers,
  });
  const unanswered = new Counter({
    name: "shadowmesh_probes_unanswered_total",
    help: "Probes that no node answered well and in time.",
    registers,
  });
  const turns = new Counter({
    name: "shadowmesh_score_turns_total",
    help: "Looks at whether scores are due, by what came of them.",
    labelNames: ["outcome"],
    registers,
  });
  new Gauge({
    name: "shadowmesh_score_epoch",
    help: "The newest epoch whose evidence is on chain and at hand.",
    registers,
    collect() {
      const epoch = deps.publishedEpoch();
      if (epoch !== null) this.set(epoch);
    },
  });
  new Gauge({
    name: "shadowmesh_gas_balance_shm",
    help: "SHM that the node key holds to pay for scores.",
    registers,
    async collect() {
      await deps.balanceWei().then(
        (wei) => this.set(Number(formatEther(wei))),
        () => this.reset(),
      );
    },
  });
  const audited = new Counter({
    name: "shadowmesh_audit_events_total",
    help: "Events that this backbone wrote to the audit log, by type: hits of honeypots and lock-outs are among them.",
    labelNames: ["type"],
    registers,
  });
  new Gauge({
    name: "shadowmesh_pool_devices",
    help: "Devices of the pool that send their heartbeats here.",
    registers,
    collect() {
      this.set(deps.pool().presence.size);
    },
  });
  new Gauge({
    name: "shadowmesh_event_followers",
    help: "Clients that follow the pool's events.",
    registers,
    collect() {
      this.set(deps.pool().events.clients);
    },
  });
  new Counter({
    name: "shadowmesh_event_followers_cut_total",
    help: "Clients of the events that were cut because they read too slowly.",
    registers,
    collect() {
      this.reset();
      this.inc(deps.pool().events.cut);
    },
  });
  new Gauge({
    name: "shadowmesh_alerts_waiting",
    help: "Alerts that no webhook has taken yet.",
    registers,
    async collect() {
      await deps.alertsWaiting().then(
        (count) => this.set(count),
        () => this.reset(),
      );
    },
  });

  return {
    register,
    countAudited(types) {
      for (const type of types) audited.inc({ type });
    },
    observeProbe(latencyMs) {
      if (latencyMs === null) unanswered.inc();
      else probes.observe(latencyMs / 1000);
    },
    countTurn: (outcome) => turns.inc({ outcome }),
    countAuthentication: (outcome) => authentications.inc({ outcome }),
    countLookup: (outcome) => lookups.inc({ outcome }),
    observe(server) {
      server.addHook("onResponse", async (request, reply) => {
        const route = request.routeOptions.url ?? "unknown";
        requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      });
      server.get("/metrics", async ({ headers }, reply) => {
        if (headers["x-forwarded-for"] !== undefined) throw new ShadowMeshError(commonErrors.NOT_FOUND);
        return reply.type(register.contentType).send(await register.metrics());
      });
    },
  };
}
