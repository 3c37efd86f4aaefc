import type { Command } from "commander";
import type { Hex } from "viem";
import { daemonRoutes, type NodeStatus, type Peer } from "../api/daemon.ts";
import { loadConfig } from "../config.ts";
import { createLog, createRecentLines, openLogFile, standardError } from "../core/log/index.ts";
import type { CliContext } from "./context.ts";
import { registrationText } from "./registration-text.ts";
import { routerText } from "./router.ts";
import { facts, milliseconds, table } from "./table.ts";

const marks = { done: "✓", active: "…", waiting: "·", failed: "✗" } as const;

interface UpOptions {
  port?: number;
  logLevel?: string;
  logFile?: string;
  viewOnly?: boolean;
}

export function addDaemonCommands(program: Command, context: CliContext): void {
  program
    .command("up")
    .description(
      "Run the daemon in the foreground until Ctrl-C; logs go to standard error, or to a file, as JSON lines.",
    )
    .option("--port <port>", "port of the local API and GUI on 127.0.0.1; 0 takes a free one", Number)
    .option("--view-only", "talk to others, and host nothing for them: no relaying, no records, no measurements")
    .option("--log-level <level>", "trace, debug, info, warn, error or silent")
    .option("--log-file <file>", "write the log there, in 10 MB and as much again in <file>.1")
    .addHelpText(
      "after",
      "\nExamples:\n  $ shadowmesh up\n  $ shadowmesh up --view-only\n  $ shadowmesh up --data /srv/node --port 7701 2> node.log",
    )
    .action(async ({ port, logLevel, logFile, viewOnly }: UpOptions) => {
      const folder = context.folder();
      const log = {
        ...(logLevel === undefined ? {} : { level: logLevel }),
        ...(logFile === undefined ? {} : { file: logFile }),
      };
      const flags = {
        ...(port === undefined ? {} : { api: { port } }),
        ...(viewOnly === undefined ? {} : { hosting: { viewOnly } }),
        ...(logLevel === undefined && logFile === undefined ? {} : { log }),
      };
      const config = await loadConfig(folder, flags);
      const stopping = context.takeSignals();
      // Who listened may leave, and a disk fill up: what it says is no reason for a daemon to end.
      process.stdout.removeAllListeners("error").on("error", () => undefined);
      // Loaded here alone: the other commands need no libp2p and start in a fraction of the time.
      const { startDaemon } = await import("../daemon.ts");
      const lines = createRecentLines(config.log.file === null ? standardError() : openLogFile(config.log.file));
      const deps = { folder, log: createLog(config.log, lines), lines, flags, requestStop: () => stopping.abort() };
      const daemon = await startDaemon(config, deps, stopping.signal);
      process.send?.({ type: "ready", url: daemon.url });
      // A link is a key for ten minutes: it goes to a person, never into a log.
      const next = process.stdout.isTTY
        ? `Open the GUI, signed in, once: ${daemon.createSignInLink()}`
        : "`shadowmesh gui` prints a link that opens the GUI, signed in.";
      context.print({ url: daemon.url }, `The daemon runs at ${daemon.url}. ${next}`);
      await aborted(stopping.signal);
      context.say("Stopping …");
      await daemon.stop();
    });

  program
    .command("status")
    .description("This node at a glance: registration, progress, reachability.")
    .action(async () => {
      const { client, url } = await context.daemon();
      const status = await client.call(daemonRoutes.status, {});
      context.print(status, statusText(status, url));
    });

  program
    .command("peers")
    .description("The peers that this node is connected to.")
    .action(async () => {
      const { client } = await context.daemon();
      const { peers } = await client.call(daemonRoutes.peers, {});
      context.print({ peers }, peers.length === 0 ? "No peers are connected." : peersText(peers));
    });

  program
    .command("gui")
    .description("Print a link that opens the GUI signed in; it works once, for ten minutes.")
    .action(async () => {
      const { client } = await context.daemon();
      const link = await client.call(daemonRoutes.createSignInLink, {});
      context.print(link, link.url);
    });

  program
    .command("stop")
    .description("Stop the daemon gracefully.")
    .action(async () => {
      const { client } = await context.daemon();
      context.print(await client.call(daemonRoutes.stop, {}), "The daemon stops.");
    });
}

function statusText(status: NodeStatus, url: string): string {
  const { registration, score, overlay, chain, backbone } = status;
  const lines = facts([
    ["Peer ID", status.peerId],
    ["Version", status.version],
    ["API", url],
    [
      "Chain",
      `${chain.chainId} at ${chain.rpcUrl}: ${chain.state}${chain.blockNumber === null ? "" : `, block ${chain.blockNumber}`}`,
    ],
    ["Registered", registrationText(registration)],
    ["Score", score === null ? "none yet" : `${score} of 100`],
    ["Hosts", hostingText(status)],
    ["Reachable", reachabilityText(overlay)],
    ["Router", routerText(overlay.portMapping)],
    ["Peers", `${overlay.connectedPeers} connected, ${overlay.cachedPeers} known`],
    ["Backbone", backbone === null ? "none" : `${backbone.peerId} at ${backbone.url}`],
    ["Memory", `${Math.round(status.memory.rssBytes / 2 ** 20)} MiB`],
  ]);
  const steps = status.progress.map(({ step, state, detail }) => `${marks[state]} ${step.padEnd(13)}  ${detail}`);
  return `${lines}\n\n${steps.join("\n")}`;
}

function hostingText({ viewOnly, registration, overlay }: NodeStatus): string {
  if (!viewOnly)
    return registration?.nodeType === "light_public" ? relayingText(overlay) : "answers others' measurements";
  if (registration?.nodeType !== "light_public") return "nothing for others (view-only)";
  return "nothing for others (view-only), though it is registered as public: its score falls; register it as private";
}

function relayingText({ reservationsHeld, reservationsParked }: NodeStatus["overlay"]): string {
  return `relays for others: ${reservationsHeld} reserved, ${reservationsParked} of them parked`;
}

function reachabilityText({ reachability, relays, relaysParked }: NodeStatus["overlay"]): string {
  const relayText = (relay: Hex) => (relaysParked.includes(relay) ? `${relay} (parked)` : relay);
  if (reachability === "relayed") return `through ${relays.map(relayText).join(", ")}`;
  return reachability === "unverified" ? "listening, not verified: nobody has connected to it yet" : reachability;
}

function peersText(peers: readonly Peer[]): string {
  const rows = peers.map((peer) => [
    peer.peerId,
    peer.registration?.nodeType ?? "unregistered",
    peer.registration?.region ?? "",
    peer.path,
    peer.direction,
    peer.roundTripMs === null ? "" : milliseconds(peer.roundTripMs),
  ]);
  return table(["PEER ID", "TYPE", "REGION", "PATH", "DIRECTION", "ROUND TRIP"], rows);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
