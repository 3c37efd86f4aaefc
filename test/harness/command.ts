import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildDaemon } from "../../scripts/build.ts";
import { root } from "../../scripts/root.ts";

const main = join(root, "dist", "shadowmesh", "main.js");
let built: Promise<boolean> | undefined;

/** Arguments that have Node run `shadowmesh` from its bundle, as on people's machines: the sources start at three times the work. */
export async function builtProgram(): Promise<string[]> {
  built ??= buildDaemon();
  await built;
  return ["--disable-warning=ExperimentalWarning", main];
}

export interface CommandOutcome {
  code: number | null;
  /** The signal that ended it, where one did. */
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
}

/** Environment of a person who has set nothing of ours. */
export function cleanEnvironment(home: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  // Each process would compile the same sources again.
  const cache = join(tmpdir(), "shadowmesh-test-compile-cache");
  return { PATH: process.env.PATH, HOME: home, NODE_COMPILE_CACHE: cache, ...env };
}

/**
 * Runs `shadowmesh` as a process of its own, in the folder and with the home folder given; `interrupt` sends it what
 * Ctrl-C does.
 */
export async function shadowmesh(
  home: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; interrupt?: AbortSignal } = {},
): Promise<CommandOutcome> {
  const child = spawn(process.execPath, [...(await builtProgram()), ...args], {
    cwd: home,
    env: cleanEnvironment(home, options.env),
    stdio: ["pipe", "pipe", "pipe"],
    timeout: 300_000,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  options.interrupt?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  const exited = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const [[code, signal], stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { code, ...(signal === null ? {} : { signal }), stdout, stderr };
}
