import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A process that we started; it lives and dies with us, unless it was told to outlive us. */
export interface Child {
  readonly process: ChildProcess;
  readonly exited: Promise<void>;
  /** Asks it to end; ends it for certain after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface ChildOptions {
  logPath: string;
  env?: NodeJS.ProcessEnv;
  /** Goes on when we are gone: there is no channel to it then. @default false */
  outlivesUs?: boolean;
  /** What it is asked to end by. @default SIGTERM */
  stopSignal?: NodeJS.Signals;
}

/** Starts a Node program whose output goes to a log file; it can say that it is ready, and sees us go, over a channel. */
export function startChild(args: readonly string[], options: ChildOptions): Child {
  return launch(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], options);
}

/** Starts any program, watched by a process that ends it when we are gone, unless it outlives us. */
export function startGuarded(command: string, args: readonly string[], options: ChildOptions): Child {
  if (options.outlivesUs) return launch(command, args, options);
  const { stopSignal = "SIGTERM", ...rest } = options;
  const guardian = join(import.meta.dirname, "guardian.mjs");
  return startChild([guardian, stopSignal, command, ...args], rest);
}

/** Starts a program whose output goes to a log file. */
export function launch(command: string, args: readonly string[], options: ChildOptions): Child {
  const { outlivesUs = false, stopSignal = "SIGTERM" } = options;
  const log = openSync(options.logPath, "a", 0o600);
  const child = spawn(command, args, {
    stdio: outlivesUs ? ["ignore", log, log] : ["ignore", log, log, "ipc"],
    env: { ...process.env, ...options.env },
    // Its own process group: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  closeSync(log);
  if (outlivesUs) child.unref();
  const exited = once(child, "exit").then(() => undefined);
  // A program that is not there: told where its readiness is waited for.
  child.on("error", () => undefined);
  return {
    process: child,
    exited,
    async stop(graceMs = 60_000) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      // Windows has no signal that a program can handle; both kinds of child stop when the channel closes.
      if (process.platform === "win32" && child.connected) child.disconnect();
      else child.kill(stopSignal);
      const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(force);
    },
  };
}

/** What a program that failed said last; logs of test runs are gone with their folders. */
function lastLines(logPath: string): string {
  return readFileSync(logPath, "utf8").trimEnd().split("\n").slice(-5).join("\n");
}

/** Waits for the child's `ready` message. */
export function ready<T>(child: Child, what: string, logPath: string, timeoutMs = 60_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string) =>
      reject(new Error(`${what} ${reason}; the end of its log, ${logPath}:\n${lastLines(logPath)}`));
    const timer = setTimeout(() => failed(`did not start within ${timeoutMs / 1000} s`), timeoutMs);
    child.process.once("message", (message) => {
      clearTimeout(timer);
      resolve(message as T);
    });
    void child.exited.then(() => {
      clearTimeout(timer);
      failed(`ended with code ${child.process.exitCode}`);
    });
    child.process.once("error", (error) => failed(`could not be started: ${error.message}`));
  });
}
