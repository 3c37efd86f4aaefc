import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const bytesPerMB = 1_000_000;
/** USER_HZ: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Resident memory of a process, in MB (10^6 bytes). Linux only: read from /proc, so that the process is left alone. */
export async function residentMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return (kibibytes * 1024) / bytesPerMB;
}

/** Share of one core that a process takes over a time, in percent. */
export async function cpuPercent(pid: number, overMs: number): Promise<number> {
  const [before, startedAt] = [await cpuSeconds(pid), performance.now()];
  await delay(overMs);
  return (((await cpuSeconds(pid)) - before) / ((performance.now() - startedAt) / 1000)) * 100;
}

/** CPU time that a process has taken, in user and system mode. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold spaces; user and system time are fields 14 and 15 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resolves once all these processes together take less than so much of one core. @throws once it has waited for too long */
export async function untilQuiet(pids: readonly number[], belowPercent: number, timeoutMs = 300_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const shares = await Promise.all(pids.map((pid) => cpuPercent(pid, 5_000)));
    const total = shares.reduce((sum, share) => sum + share, 0);
    if (total < belowPercent) return;
    if (performance.now() > deadline) throw new Error(`the processes still take ${total.toFixed(0)} % of a core`);
  }
}
