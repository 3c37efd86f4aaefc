import { main, runOptions, type SendOptions, sendCommand } from "./deploy/command.ts";
import { deploy } from "./deploy/deploy.ts";
import { networks } from "./deploy/networks.ts";
import { readParameters } from "./deploy/parameters-file.ts";

// `npm run deploy`: all contracts, to a chain that does not have them yet.
const command = sendCommand("deploy", "Deploy NodeNexus, its timelock and what surrounds it.", [
  "--dry-run",
  "--network amoy --keystore deployer.json --parameters amoy.yaml --dry-run",
  "--network amoy --keystore deployer.json --parameters amoy.yaml",
  "--network polygon --rpc-url http://127.0.0.1:1248 --from 0x… --parameters polygon.yaml",
])
  .option("--parameters <file>", "who governs, stakes, periods, prices (YAML): see docs/guides/deployment.md")
  .action(async (options: SendOptions & { parameters?: string }) => {
    const parameters = await readParameters(options.parameters, networks[options.network].open);
    await deploy({ ...(await runOptions(options)), parameters });
  });

await main(command);
