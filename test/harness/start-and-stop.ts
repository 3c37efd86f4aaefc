import { join } from "node:path";
import { pino } from "pino";
import { loadConfig } from "../../node/config.ts";
import { startDaemon } from "../../node/daemon.ts";

// Starts a daemon on a folder, stops it, and then leaves the process to itself: it ends when nothing is left open.
const folder = process.argv[2] ?? "";
const log = pino({ level: "silent" });
const config = await loadConfig(folder);
const daemon = await startDaemon(config, { folder, log, requestStop: () => undefined }, AbortSignal.timeout(20_000));
await fetch(join(daemon.url, "healthz"));
await daemon.stop();
process.send?.("stopped");
process.disconnect?.();
