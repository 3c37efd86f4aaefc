import type { Command } from "commander";
import { toPeerId } from "../../cli/arguments.ts";
import type { CliContext } from "../../cli/context.ts";
import { facts } from "../../cli/table.ts";
import { healthRoutes, type Replay } from "./api.ts";

export function addHealthCommands(program: Command, context: CliContext): void {
  program
    .command("score")
    .description("A node's score on chain; with --replay also the evidence behind it, checked and computed anew.")
    .argument("<peerID>", "40 hex digits, with or without 0x", toPeerId)
    .option("--replay", "download the evidence from all backbones and compute the score from its signed probes")
    .addHelpText("after", "\nExample:\n  $ shadowmesh score 0x09cc8122b80e77036f2bb9926a5e4d2c2d855ec0 --replay")
    .action(async (peerId: string, { replay }: { replay?: boolean }) => {
      const { client } = await context.daemon();
      if (replay) {
        context.say("› asking the backbones for the evidence");
        const answer = await client.call(healthRoutes.replay, { peerId });
        context.print(answer, replayText(answer));
        return;
      }
      const answer = await client.call(healthRoutes.score, { peerId });
      const text = facts([
        ["Peer ID", answer.peerId],
        ["Score", `${answer.score} of 100${answer.lookedUp ? "" : ": left out of look-ups until it is 30"}`],
        ["Scores since", answer.epoch === null ? "none yet: every node starts at 50" : `epoch ${answer.epoch}`],
      ]);
      context.print(answer, text);
    });
}

function replayText(answer: Replay): string {
  const { probes, sources, history } = answer;
  const percent = (basisPoints: number) => `${(basisPoints / 100).toFixed(2)} %`;
  const slots = (place: 0 | 1) => history.reduce((sum, counts) => sum + counts[place], 0);
  const same = sources.filter(({ state }) => state === "same").length;
  const median = answer.latencyMs === null ? "it never answered" : `median ${answer.latencyMs} ms`;
  const verdict = answer.agrees
    ? "✓ the score on chain is the one that comes of the evidence"
    : `✗ the evidence comes to ${answer.expected}, and the chain says ${answer.score}`;
  const rows = facts([
    ["Peer ID", answer.peerId],
    ["Evidence", `epoch ${answer.epoch}, root ${answer.root}`],
    ["Given by", `${same} of ${sources.length} backbones, the same by its hash`],
    ["Probes", `${probes.answered} of ${probes.asked} answered, signatures checked, by ${probes.probers} backbones`],
    ["Uptime", `${percent(answer.uptime)} × 0.4   ${slots(0)} of ${slots(1)} slots in ${history.length} epochs`],
    ["Latency", `${percent(answer.latency)} × 0.3   ${median}`],
    ["Availability", `${percent(answer.availability)} × 0.3`],
    ["Worth", `${answer.target}; a step of ten at most from ${answer.before} gives ${answer.expected}`],
    ["On chain", `${answer.score}`],
  ]);
  return `${rows}\n\n${verdict}`;
}
