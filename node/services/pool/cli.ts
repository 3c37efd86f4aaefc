import type { Command } from "commander";
import type { CliContext } from "../../cli/context.ts";
import { facts } from "../../cli/table.ts";
import { type PoolStatus, poolRoutes } from "./api.ts";

export function addPoolCommands(program: Command, context: CliContext): void {
  const pool = program
    .command("pool")
    .description("What this machine offers to the resource pool; `pool.enabled` in config.yaml opts in.")
    .addHelpText("after", "\nExamples:\n  $ shadowmesh pool status\n  $ shadowmesh pool pause");

  const add = (name: string, description: string, route: (typeof poolRoutes)[keyof typeof poolRoutes]) =>
    pool
      .command(name)
      .description(description)
      .action(async () => {
        const { client } = await context.daemon();
        const status = await client.call(route, {});
        context.print(status, statusText(status));
      });
  add("status", "What it offers at this moment, and why nothing where it is nothing.", poolRoutes.pool);
  add("pause", "Offer nothing from now on, through restarts too.", poolRoutes.pausePool);
  add("resume", "Offer again what the configuration says.", poolRoutes.resumePool);
}

const reasons = {
  paused: "paused by its owner",
  hours: "outside of its hours",
  busy: "in use",
  battery: "on its battery",
  hot: "too hot",
} as const;

function statusText({ enabled, paused, connected, deviceId, offer, withheld, errorCode }: PoolStatus): string {
  if (!enabled) return "This machine offers nothing: set `pool.enabled` to true in config.yaml to change that.";
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const { cores = 0, memoryBytes = 0, storageBytes = 0, gpus = 0 } = offer ?? {};
  const text = `${cores} cores, ${gibibytes(memoryBytes)} memory, ${gibibytes(storageBytes)} storage, ${gpus} GPUs`;
  return facts([
    ["Offers", paused ? "nothing: paused by its owner" : withheld === null ? text : `nothing: ${reasons[withheld]}`],
    ["Backbone", connected ? "hears it" : errorCode === null ? "not yet" : `does not hear it (${errorCode})`],
    ["Device", deviceId ?? "not registered yet"],
  ]);
}
