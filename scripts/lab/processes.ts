import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const pidPath = (folder: string) => join(folder, "process.pid");

/** Keeps a process's number in its folder, so that any later command finds it. */
export function rememberPid(folder: string, pid: number): void {
  writeFileSync(pidPath(folder), `${pid}\n`);
}

/** Which folders' processes run. */
export async function runningPids(folders: readonly string[]): Promise<Map<string, number>> {
  const remembered = folders.flatMap((folder) => {
    const pid = readPid(folder);
    return pid === null ? [] : [{ folder, pid }];
  });
  const commands = await commandsOf(remembered.map(({ pid }) => pid));
  // A number is given to another program some time after: ours names its folder on the command line.
  const ours = remembered.filter(({ folder, pid }) => commands.get(pid)?.includes(folder));
  return new Map(ours.map(({ folder, pid }) => [folder, pid]));
}

/** Ends the process of a folder, for certain after a grace period; false where none ran. */
export async function endProcess(folder: string, signal: NodeJS.Signals, graceMs = 60_000): Promise<boolean> {
  const pid = (await runningPids([folder])).get(folder);
  if (pid === undefined) return false;
  send(pid, signal);
  const force = Date.now() + graceMs;
  for (let forced = signal === "SIGKILL"; (await runningPids([folder])).has(folder); ) {
    if (!forced && Date.now() > force) {
      send(pid, "SIGKILL");
      forced = true;
    }
    await delay(50);
  }
  rmSync(pidPath(folder), { force: true });
  return true;
}

/** Resident bytes of processes, by number. */
export async function residentBytes(pids: readonly number[]): Promise<Map<number, number>> {
  const lines = await ps(pids, "pid=,rss=");
  return new Map(
    lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, kib = 0]) => [pid, kib * 1024]),
  );
}

function readPid(folder: string): number | null {
  try {
    const pid = Number(readFileSync(pidPath(folder), "utf8"));
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function commandsOf(pids: readonly number[]): Promise<Map<number, string>> {
  const lines = await ps(pids, "pid=,stat=,args=");
  return new Map(
    lines.flatMap((line) => {
      const [, pid, state, command = ""] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      // A zombie has ended, and only waits for its parent to look.
      return pid === undefined || state?.startsWith("Z") ? [] : [[Number(pid), command] as const];
    }),
  );
}

async function ps(pids: readonly number[], columns: string): Promise<string[]> {
  if (pids.length === 0) return [];
  // Ends with 1 where none of them is there.
  const { stdout } = await run("ps", ["-ww", "-o", columns, "-p", pids.join()]).catch((error: { stdout?: string }) => {
    if (error.stdout === undefined) throw error;
    return { stdout: error.stdout };
  });
  return stdout.split("\n").filter((line) => line.trim() !== "");
}
