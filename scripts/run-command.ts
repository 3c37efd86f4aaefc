import { type ChildProcess, spawn } from "node:child_process";
import { root } from "./root.ts";

export interface CommandOptions {
  /** @default the repository's folder */
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Show the output as it comes, or give it to whoever is named here; it is returned in any case. @default false */
  stream?: boolean | ((text: string) => void);
  /** The command and all it started are killed after that. @default 60 min: a busy machine may need many */
  timeoutMs?: number;
}

export interface CommandResult {
  /** Whether it ended by itself with exit code 0. */
  ok: boolean;
  code: number | null;
  /** What it wrote to stdout and stderr, in order, with a last line where it was killed. */
  output: string;
}

const windows = process.platform === "win32";
const running = new Set<ChildProcess>();
const signals = ["SIGINT", "SIGTERM"] as const;

/** Runs a command to its end; what it leaves running is ended with it. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { stream = false, timeoutMs = 3_600_000 } = options;
  const colour = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...colour, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    // An own process group, so that the children of the child can be reached.
    detached: !windows,
  });
  track(child);

  let output = "";
  const add = (text: string) => {
    output += text;
    if (typeof stream === "function") stream(text);
    else if (stream) process.stdout.write(text);
  };
  child.stdout.setEncoding("utf8").on("data", add);
  child.stderr.setEncoding("utf8").on("data", add);
  const timer = setTimeout(() => {
    add(`\n✗ killed: not done after ${timeoutMs / 1000} s\n`);
    endGroup(child, "SIGKILL");
  }, timeoutMs);

  return new Promise((resolve) => {
    let ended = false;
    const end = (code: number | null) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      untrack(child);
      resolve({ ok: code === 0, code, output });
    };
    child.on("error", (error) => {
      add(`${error.message}\n`);
      end(null);
    });
    // Stragglers would hold the pipes open, and "close" would never come.
    child.on("exit", () => endGroup(child, "SIGTERM"));
    child.on("close", (code) => end(code));
  });
}

/** `node <script> <args>` with the Node that runs this, the project's own. */
export function runNode(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return runCommand(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], options);
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (windows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nothing of it is left.
  }
}

/** What runs ends with us; who else listens to the signal decides whether the process goes on. */
function endAll(signal: NodeJS.Signals): void {
  for (const child of running) endGroup(child, signal);
  if (process.listenerCount(signal) === 1) process.exit(signal === "SIGINT" ? 130 : 143);
}

function track(child: ChildProcess): void {
  if (running.size === 0) for (const signal of signals) process.on(signal, endAll);
  running.add(child);
}

function untrack(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) for (const signal of signals) process.off(signal, endAll);
}
