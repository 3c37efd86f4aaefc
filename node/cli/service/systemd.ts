import { join } from "node:path";
import type { ServiceInput, ServicePlan } from "./plan.ts";

/** A systemd unit (systemd.service(5)): restarted when it fails, its log in the journal, which rotates it. */
export function planSystemd(input: ServiceInput): ServicePlan {
  const unit = `${input.name}.service`;
  const folder = input.system ? "/etc/systemd/system" : join(input.home, ".config/systemd/user");
  const scope = input.system ? [] : ["--user"];
  const systemctl = (...args: string[]) => ["systemctl", ...scope, ...args] as const;
  return {
    file: { path: join(folder, unit), content: unitFile(input), encoding: "utf8" },
    install: [systemctl("daemon-reload"), systemctl("enable", "--now", unit)],
    uninstall: [systemctl("disable", "--now", unit)],
    status: systemctl("is-active", "--quiet", unit),
    hint: input.system
      ? null
      : "It ends when you sign out; `loginctl enable-linger` has it run from boot on, whether you are signed in or not.",
    logs: ["journalctl", ...scope, "--unit", unit, "--follow"].join(" "),
  };
}

function unitFile({ command, folder, system, uid }: ServiceInput): string {
  // A user's manager may not do these.
  const confinement = [
    `User=${uid}`,
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    "ProtectSystem=strict",
    `ReadWritePaths=${quote(folder)}`,
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "RestrictSUIDSGID=yes",
  ];
  return [
    "[Unit]",
    "Description=ShadowMesh node",
    "Wants=network-online.target",
    "After=network-online.target",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${command.map(quote).join(" ")}`,
    "Restart=on-failure",
    "RestartSec=5",
    "TimeoutStopSec=60",
    "LimitNOFILE=65536",
    ...(system ? confinement : []),
    "",
    "[Install]",
    `WantedBy=${system ? "multi-user.target" : "default.target"}`,
    "",
  ].join("\n");
}

/** systemd.service(5), "Command lines": quoted, and without specifiers or variables. */
function quote(text: string): string {
  return `"${text
    .replace(/[\\"]/g, "\\$&")
    .replaceAll("%", "%%")
    .replaceAll("$", () => "$$")}"`;
}
