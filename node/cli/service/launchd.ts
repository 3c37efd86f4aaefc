import { join } from "node:path";
import type { ServiceInput, ServicePlan } from "./plan.ts";
import { escapeXml } from "./xml.ts";

/** A launchd agent of the user who is signed in (launchd.plist(5)). */
export function planLaunchd({ name, command, home, uid }: ServiceInput): ServicePlan {
  const label = `org.shadowmesh.${name}`;
  const path = join(home, "Library/LaunchAgents", `${label}.plist`);
  // launchd would let its file grow for ever, and newsyslog is root's.
  const log = join(home, "Library/Logs", `${label}.log`);
  const domain = `gui/${uid}`;
  return {
    file: { path, content: propertyList(label, [...command, "--log-file", log], `${log}.err`), encoding: "utf8" },
    install: [["launchctl", "bootstrap", domain, path]],
    uninstall: [["launchctl", "bootout", `${domain}/${label}`]],
    status: ["launchctl", "print", `${domain}/${label}`],
    logs: `tail -F ${log}`,
    hint: "It runs while you are signed in.",
  };
}

function propertyList(label: string, command: readonly string[], errors: string): string {
  const strings = command.map((part) => `    <string>${escapeXml(part)}</string>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    "<dict>",
    "  <key>Label</key>",
    `  <string>${escapeXml(label)}</string>`,
    "  <key>ProgramArguments</key>",
    "  <array>",
    ...strings,
    "  </array>",
    "  <key>RunAtLoad</key>",
    "  <true/>",
    // Started again where it failed, and left alone where it was stopped.
    "  <key>KeepAlive</key>",
    "  <dict>",
    "    <key>SuccessfulExit</key>",
    "    <false/>",
    "  </dict>",
    // What it says where it can't start, or as it crashes.
    "  <key>StandardErrorPath</key>",
    `  <string>${escapeXml(errors)}</string>`,
    "  <key>ExitTimeOut</key>",
    "  <integer>60</integer>",
    "</dict>",
    "</plist>",
    "",
  ].join("\n");
}
