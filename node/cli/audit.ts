import type { Command } from "commander";
import { type AuditVerification, daemonRoutes } from "../api/daemon.ts";
import type { CliContext } from "./context.ts";

const sentences: Record<AuditVerification["findings"][number]["kind"], (events: string) => string> = {
  changed: (events) => `${events} changed after it was written`,
  removed: (events) => `${events} removed`,
  inserted: (events) => `${events} put in from outside`,
  subtree: (events) => `stored hashes over ${events} changed or removed`,
  rewritten: (events) => `${events} rewritten, or some of them: the hashes fit, the signed head does not`,
  head: (events) => `the signed head over ${events} is not what was signed`,
};

export function addAuditCommands(program: Command, context: CliContext): void {
  program
    .command("audit")
    .description("The audit log of a backbone.")
    .addHelpText("after", "\nExample:\n  $ shadowmesh audit verify")
    .command("verify")
    .description(
      "Hash every event anew, hold the tree against all heads, signed and on chain, and name what was changed.",
    )
    .addHelpText("after", "\nExits with 1 where something was changed.\n\nExample:\n  $ shadowmesh audit verify")
    .action(async () => {
      const { client } = await context.daemon();
      context.say("› reading the whole log");
      const answer = await client.call(daemonRoutes.auditVerification, {});
      context.print(answer, verificationText(answer));
      if (answer.findings.length > 0) process.exitCode = 1;
    });
}

function verificationText({ size, root, heads, anchored, findings }: AuditVerification): string {
  const checked = `${size} events, root 0x${root}, ${heads} signed heads, ${anchored === null ? "none on chain" : `on chain up to event ${anchored - 1}`}`;
  if (findings.length === 0) return `✓ ${checked}: all is as it was written`;
  const lines = findings.map(({ kind, from, to }) => {
    const events = to - from === 1 ? `event ${from}` : `events ${from} to ${to - 1}`;
    return `✗ ${sentences[kind](events)}`;
  });
  return [checked, ...lines].join("\n");
}
