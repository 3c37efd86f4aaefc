import { Option } from "commander";
import { main, runOptions, type SendOptions, sendCommand } from "./deploy/command.ts";
import { executeUpgrade, upgrade } from "./upgrade/index.ts";

// `npm run upgrade`: what is deployed already, to what these sources are.
const contracts = { "node-nexus": "NodeNexus", "relay-payments": "RelayPayments" } as const;

const command = sendCommand(
  "upgrade",
  "Validate the storage layout, deploy the next implementation and schedule it in the timelock; later, carry it out.",
  [
    "--network amoy --keystore deployer.json --dry-run",
    "--network amoy --keystore deployer.json",
    "--network amoy --execute",
  ],
)
  .addOption(new Option("--contract <name>", "which").choices(Object.keys(contracts)).default("node-nexus"))
  .option("--execute", "carry out the upgrade that waits, once the timelock's delay is over")
  .action(async (options: SendOptions & { contract: keyof typeof contracts; execute?: true }) => {
    const run = await runOptions(options);
    if (options.execute) await executeUpgrade(run);
    else await upgrade({ ...run, contract: contracts[options.contract] });
  });

await main(command);
