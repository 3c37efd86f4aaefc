import { Option } from "commander";
import { checkedRpc, deploymentsFolder, main, type NetworkOptions, networkCommand } from "./deploy/command.ts";
import { type Explorer, explorers, verify } from "./deploy/verify.ts";

// `npm run verify`: shows an explorer the sources of what is deployed.
const command = networkCommand("verify", "Publish the sources of a deployment at Sourcify or Etherscan.", [
  "--network amoy",
  "--network polygon --explorer etherscan   # with ETHERSCAN_API_KEY",
])
  .addOption(new Option("--explorer <name>", "where").choices([...explorers]).default("sourcify"))
  .addOption(new Option("--sourcify-url <url>", "a Sourcify server of your own").env("SHADOWMESH_SOURCIFY_URL"))
  .action(async (options: NetworkOptions & { explorer: Explorer; sourcifyUrl?: string }) => {
    const rpcUrl = await checkedRpc(options);
    const { network: name, explorer, sourcifyUrl } = options;
    await verify({ name, rpcUrl, folder: deploymentsFolder(options), explorer, sourcifyUrl, print: console.log });
  });

await main(command);
