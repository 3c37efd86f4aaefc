import { win32 } from "node:path";
import type { ServiceInput, ServicePlan } from "./plan.ts";
import { escapeXml } from "./xml.ts";

/** A task of Windows' Task Scheduler that starts with the user's session ([MS-TSCH], 2.5). */
export function planTask({ name, command, folder }: ServiceInput): ServicePlan {
  // schtasks reads it once; it stays in the data folder to be looked at.
  const path = win32.join(folder, `${name}.task.xml`);
  // A task's standard error goes nowhere.
  const log = win32.join(folder, `${name}.log`);
  return {
    file: { path, content: `\uFEFF${taskFile([...command, "--log-file", log])}`, encoding: "utf16le" },
    install: [
      ["schtasks", "/Create", "/F", "/TN", name, "/XML", path],
      ["schtasks", "/Run", "/TN", name],
    ],
    uninstall: [
      ["schtasks", "/End", "/TN", name],
      ["schtasks", "/Delete", "/F", "/TN", name],
    ],
    kills: true,
    status: ["schtasks", "/Query", "/TN", name],
    logs: `Get-Content -Wait "${log}"`,
    hint: "It runs while you are signed in.",
  };
}

function taskFile([program, ...args]: readonly [string, ...string[]]): string {
  const line = args.map((part) => `"${part.replaceAll('"', '\\"')}"`).join(" ");
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    "  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>",
    "  <Settings>",
    "    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>",
    "    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>",
    "    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
    "    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>",
    "  </Settings>",
    "  <Actions>",
    "    <Exec>",
    `      <Command>${escapeXml(program)}</Command>`,
    `      <Arguments>${escapeXml(line)}</Arguments>`,
    "    </Exec>",
    "  </Actions>",
    "</Task>",
    "",
  ].join("\r\n");
}
