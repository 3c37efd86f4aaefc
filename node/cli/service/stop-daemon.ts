import { setTimeout as delay } from "node:timers/promises";
import { daemonRoutes } from "../../api/daemon.ts";
import { lockFolder } from "../../core/store/index.ts";
import type { CliContext } from "../context.ts";

/** A relay hands its clients over first; whoever takes longer is ended by the service manager. */
const stopTimeoutMs = 60_000;
const lookEveryMs = 200;

/** Has the daemon of a folder stop gracefully, where one runs there, and waits until it has. */
export async function stopDaemon(context: Pick<CliContext, "daemon">, folder: string): Promise<void> {
  try {
    const { client } = await context.daemon();
    await client.call(daemonRoutes.stop, {});
  } catch {
    // None runs, or it is past answering.
    return;
  }
  const deadline = Date.now() + stopTimeoutMs;
  while (isHeld(folder) && Date.now() < deadline) await delay(lookEveryMs);
}

function isHeld(folder: string): boolean {
  try {
    lockFolder(folder).release();
    return false;
  } catch {
    return true;
  }
}
