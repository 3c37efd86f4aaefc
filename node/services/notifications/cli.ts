import type { Command } from "commander";
import type { CliContext } from "../../cli/context.ts";
import { type NotificationList, notificationsRoutes } from "./api.ts";

const examples = `
Examples:
  $ shadowmesh notifications
  $ shadowmesh notifications --test          send a test by webhook and e-mail, and say what came of it
  $ shadowmesh notifications --read          mark all as read`;

export function addNotificationsCommands(program: Command, context: CliContext): void {
  program
    .command("notifications")
    .description("What you should know of: score drops, missed heartbeats, governance, low channels, low stake.")
    .option("--test", "send a test by every way that is configured")
    .option("--read", "mark all as read")
    .addHelpText("after", examples)
    .action(async ({ test = false, read = false }: { test?: boolean; read?: boolean }) => {
      const { client } = await context.daemon();
      if (test) {
        const answer = await client.call(notificationsRoutes.testNotifications, {});
        return context.print(answer, answer.results.map(resultText).join("\n"));
      }
      const list = await client.call(notificationsRoutes.notifications, {});
      if (read) await client.call(notificationsRoutes.readNotifications, {});
      context.print(list, listText(list));
    });
}

type Result = (typeof notificationsRoutes.testNotifications.output)["_output"]["results"][number];

const names = { webhook: "webhook", email: "e-mail" } as const;

function resultText({ channel, outcome, error }: Result): string {
  const name = names[channel];
  if (outcome === "sent") return `✓ the test was sent by ${name}`;
  if (outcome === "off") return `· ${name} is switched off`;
  if (outcome === "not-configured") return `· ${name} is not configured: see notifications in docs/reference/config.md`;
  return `✗ ${name}: ${error?.message}\n  ${error?.action}\n  (${error?.code})`;
}

function listText({ notifications, unread, channels }: NotificationList): string {
  const lines = notifications.map(({ atMs, severity, sentence, readAtMs, endedAtMs }) => {
    const state = endedAtMs === null ? "" : ` (over since ${new Date(endedAtMs).toISOString()})`;
    return `${readAtMs === null ? "●" : " "} ${new Date(atMs).toISOString()}  ${severity.padEnd(8)}  ${sentence}${state}`;
  });
  const failing = channels.flatMap(({ channel, on, failure }) =>
    on && failure !== null ? [`✗ ${names[channel]} fails: ${failure.message} (${failure.code})`] : [],
  );
  return [lines.length === 0 ? "Nothing to tell." : `${unread} unread`, ...lines, ...failing].join("\n");
}
