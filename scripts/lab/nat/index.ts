import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { table } from "../../../node/cli/table.ts";
import { buildDaemon } from "../../build.ts";
import { runCommand } from "../../run-command.ts";
import { LabError } from "../lab.ts";
import type { NatPair } from "./matrix.ts";
import { explanations, type Surrounding, surroundings } from "./surroundings.ts";

export type { NatPair } from "./matrix.ts";
export { type Surrounding, surroundings } from "./surroundings.ts";

/** What the matrix needs of the system, and the Debian packages it comes in. */
const tools = { ip: "iproute2", nft: "nftables", unshare: "util-linux", setpriv: "util-linux", sysctl: "procps" };

/**
 * Measures the matrix inside namespaces of its own. They belong to one process, which the kernel ends with us: nothing
 * is left of them, also after a crash.
 *
 * @throws LabError where the system lacks a tool or the right
 */
export async function runNatMatrix(only: readonly Surrounding[], onStep: (step: string) => void): Promise<NatPair[]> {
  await requireTools();
  onStep("building the daemon, if its sources changed");
  await buildDaemon();
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-nat-"));
  const script = join(import.meta.dirname, "inside.ts");
  // Dies with us even where we can't tell it to.
  const command = [
    "--pdeathsig",
    "KILL",
    ...unshare(),
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    script,
  ];
  const child = spawn("setpriv", [...command, folder, ...only], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = () => child.kill("SIGKILL");
  const stop = () => {
    kill();
    process.exitCode = 130;
  };
  process.once("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  let last = "";
  createInterface({ input: child.stderr }).on("line", (line) => {
    last = line;
    onStep(line);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code === 0) {
    await rm(folder, { recursive: true, force: true });
    return JSON.parse(output) as NatPair[];
  }
  if (process.exitCode === 130) {
    await rm(folder, { recursive: true, force: true });
    throw new LabError("stopped; its namespaces are gone");
  }
  throw new LabError(`the matrix was not measured: ${last}\n  Its logs are in ${folder}`);
}

/** Network, mounts and processes apart from the machine's. */
function unshare(): string[] {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  return ["unshare", ...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
}

async function requireTools(): Promise<void> {
  if (process.platform !== "linux") throw new LabError("network namespaces are Linux's: run this on Linux");
  for (const [tool, part] of Object.entries(tools)) {
    const { ok } = await runCommand("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${tool}`]);
    if (!ok) throw new LabError(`there is no \`${tool}\` here; install it (Debian: \`apt-get install ${part}\`)`);
  }
  const [command = "", ...args] = unshare();
  const { ok, output } = await runCommand(command, [...args, "true"]);
  if (!ok) {
    const reason = output.trim().split("\n").at(-1);
    throw new LabError(
      `network namespaces can't be made here (${reason}); run it as root (CAP_SYS_ADMIN), or allow user namespaces`,
    );
  }
}

/** The rung and the time of each pair, from the rows to the columns, and why some are on no better one. */
export function natTable(pairs: readonly NatPair[], only: readonly Surrounding[]): string {
  const cell = ({ firstPath, path, connectMs }: NatPair) => {
    if (path === null) return "NOT REACHED";
    const rung = path === firstPath ? path : `${firstPath}, then ${path}`;
    return `${rung} ${Math.round(connectMs ?? 0)} ms`;
  };
  const rows = only.map((from) => [from, ...pairs.filter((pair) => pair.from === from).map(cell)]);
  const reached = pairs.filter(({ path }) => path !== null);
  const on = [...Map.groupBy(reached, ({ path }) => path)].map(([path, group]) => `${group.length} ${path}`);
  const kinds = only.map((kind) => `  ${kind.padEnd(12)} ${explanations[kind]}`);
  const errors = pairs.flatMap(({ from, to, error }) => (error === null ? [] : [`✗ ${from} → ${to}: ${error}`]));
  const reasons = [...Map.groupBy(reached, ({ reason }) => reason)].flatMap(([reason, group]) =>
    reason === null ? [] : [`  ${reason.padEnd(18)} ${group.map(({ from, to }) => `${from} → ${to}`).join(", ")}`],
  );
  const sum = `${reached.length} of ${pairs.length} pairs reached: ${on.join(", ")}`;
  return [table(["from \\ to", ...only], rows), "", ...kinds, "", sum, ...reasons, ...errors].join("\n");
}

export function toSurroundings(text: string): Surrounding[] {
  const unknown = text.split(",").filter((name) => !surroundings.some((kind) => kind === name));
  if (unknown.length > 0) throw new LabError(`there is no ${unknown.join()}; there are ${surroundings.join(", ")}`);
  return surroundings.filter((kind) => text.split(",").includes(kind));
}
