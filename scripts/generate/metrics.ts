import type { Registry } from "prom-client";
import { createBackboneMetrics } from "../../node/backbone/metrics.ts";
import { createMetrics } from "../../node/metrics.ts";

/** What of a metric prom-client's types leave out. */
interface Described {
  name: string;
  help: string;
  type: string;
  labelNames: readonly string[];
}

/** The metrics of each of the two servers; they are described, and nothing is read. */
export function describedMetrics(): Record<"daemon" | "backbone", Described[]> {
  const daemon = createMetrics();
  daemon.watch({} as never);
  const backbone = createBackboneMetrics({} as never);
  return { daemon: described(daemon.register), backbone: described(backbone.register) };
}

function described(register: Registry): Described[] {
  const metrics = register.getMetricsAsArray() as unknown as Described[];
  return [...metrics].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function metricsReference(): Record<string, string> {
  const { daemon, backbone } = describedMetrics();
  const table = (metrics: readonly Described[]) => {
    const own = metrics.filter(({ name }) => name.startsWith("shadowmesh_"));
    const rows = own.map(
      ({ name, type, labelNames, help }) =>
        `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
    );
    return ["| metric | type | labels | |", "|---|---|---|---|", ...rows].join("\n");
  };
  const text = [
    "# Metrics",
    "In the Prometheus text format, without peer IDs or addresses. Both servers give those of the process and of Node.js " +
      "as well (`process_…`, `nodejs_…`: prom-client's default metrics). " +
      "[Monitoring](../monitoring/README.md) says how to collect and to show them.",
    "## The daemon\n\n`GET /metrics` of the local API, on 127.0.0.1.",
    table(daemon),
    "## A backbone\n\n`GET /metrics` of its public server.",
    table(backbone),
  ].join("\n\n");
  return { "metrics.md": `${text}\n` };
}
