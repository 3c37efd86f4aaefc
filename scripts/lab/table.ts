import { table } from "../../node/cli/table.ts";
import type { LabHealth, NodeHealth } from "./health.ts";

/** Rows of nodes that are not well, at the most: the table has to fit a terminal. */
const maxUnwell = 12;

/** The lab at a glance: a row for each kind of node and region, and those that are not well by name. */
export function healthTable(health: LabHealth): string {
  const { found, total, chain, memoryMB, nodes } = health;
  const title = `${found} of ${total} found · chain ${chain.running ? "runs" : "stopped"} · ${(memoryMB / 1000).toFixed(1)} GB`;
  const groups = Map.groupBy(nodes, ({ type, region }) => `${type} ${region}`);
  const rows = [...groups.values()].map((group) => {
    const { type, region } = group[0] as NodeHealth;
    const is = (state: string) => group.filter((node) => node.state === state).length;
    const mean = (of: (node: NodeHealth) => number) => group.reduce((sum, node) => sum + of(node), 0) / group.length;
    const sessions = new Set(group.flatMap(({ backbone }) => backbone ?? []));
    return [
      type,
      region,
      `${is("found")}/${group.length}`,
      String(is("dead") + is("silent")),
      mean(({ peers }) => peers).toFixed(1),
      mean(({ relays }) => relays).toFixed(1),
      String(sessions.size),
      mean((node) => node.memoryMB).toFixed(0),
    ];
  });
  const header = ["type", "region", "found", "dead", "peers", "relays", "backbones", "MB each"];
  const unwell = nodes.filter(({ state }) => state !== "found");
  const named = unwell
    .slice(0, maxUnwell)
    .map(({ name, state, detail }) => `  ${name} ${state}${detail ? `: ${detail}` : ""}`);
  const more = unwell.length > maxUnwell ? [`  and ${unwell.length - maxUnwell} more`] : [];
  return [title, "", table(header, rows), ...(named.length > 0 ? ["", ...named, ...more] : [])].join("\n");
}

/** Every node in a row of its own. */
export function nodeTable(nodes: readonly NodeHealth[]): string {
  const header = ["node", "region", "state", "reached", "peers", "relays", "MB", "pid", "peer ID"];
  return table(
    header,
    nodes.map((node) => [
      node.name,
      node.region,
      node.state,
      node.reachability ?? "",
      String(node.peers),
      String(node.relays),
      String(node.memoryMB),
      String(node.pid ?? ""),
      node.peerId ?? "",
    ]),
  );
}
