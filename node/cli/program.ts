import { Command } from "commander";
import { version } from "../core/package.ts";
import { addDiscoveryCommands } from "../services/discovery/cli.ts";
import { addHealthCommands } from "../services/health/cli.ts";
import { addMembershipCommands } from "../services/membership/cli.ts";
import { addNotificationsCommands } from "../services/notifications/cli.ts";
import { addPaymentsCommands } from "../services/payments/cli.ts";
import { addPoolCommands } from "../services/pool/cli.ts";
import { addThroughputCommands } from "../services/throughput/cli.ts";
import { addAuditCommands } from "./audit.ts";
import { addBackupCommands } from "./backup.ts";
import { createContext } from "./context.ts";
import { addDaemonCommands } from "./daemon.ts";
import { addDiagnosticsCommands } from "./diagnostics.ts";
import { addIdentityCommands } from "./identity.ts";
import { addKeyCommands } from "./keys.ts";
import { addOperatorCommands } from "./operator.ts";
import { addRegistrationCommands } from "./registration.ts";
import { addServiceCommands } from "./service/index.ts";
import { addTermsCommand } from "./terms.ts";

const examples = `
Examples:
  $ shadowmesh init                                  make this node's identity, once
  $ shadowmesh operator create                       make an operator key that holds the stake
  $ shadowmesh register --type public --region europe --bandwidth 100
  $ shadowmesh up                                    run the daemon
  $ shadowmesh gui                                   print a link that opens the GUI, signed in
  $ shadowmesh status --json | jq .progress

The data folder is --data, else SHADOWMESH_DATA, else ./.shadowmesh/node where it is, else ~/.shadowmesh.`;

/** The whole command: one line a group. `takeSignals` as in CliContext. */
export function createProgram(takeSignals: () => AbortController): Command {
  const program = new Command("shadowmesh")
    .description("A post-quantum mesh network that people run on their own machines.")
    .version(version)
    .option("--data <folder>", "data folder of the node")
    .option("--json", "answer in JSON, for machines")
    .addHelpText("after", examples)
    .showHelpAfterError("(run with --help for how it is used)")
    .exitOverride();
  const context = createContext(program, takeSignals);
  addIdentityCommands(program, context);
  addTermsCommand(program, context);
  addOperatorCommands(program, context);
  addMembershipCommands(program, context);
  addRegistrationCommands(program, context);
  addDaemonCommands(program, context);
  addServiceCommands(program, context);
  addDiagnosticsCommands(program, context);
  addDiscoveryCommands(program, context);
  addHealthCommands(program, context);
  addThroughputCommands(program, context);
  addPaymentsCommands(program, context);
  addPoolCommands(program, context);
  addNotificationsCommands(program, context);
  addAuditCommands(program, context);
  addKeyCommands(program, context);
  addBackupCommands(program, context);
  for (const command of program.commands) {
    command.option("--data <folder>", "data folder of the node").option("--json", "answer in JSON, for machines");
    command.hook("preAction", (_, action) => {
      for (const [name, value] of Object.entries(action.opts<{ data?: string; json?: boolean }>())) {
        if ((name === "data" || name === "json") && value !== undefined) program.setOptionValue(name, value);
      }
    });
  }
  return program;
}
