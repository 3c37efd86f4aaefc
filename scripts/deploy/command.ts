import { resolve } from "node:path";
import { Command, Option } from "commander";
import { createPublicClient, http } from "viem";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { root } from "../root.ts";
import { connect, type RunOptions } from "../transactions/index.ts";
import { type AccountOptions, openAccount } from "./account.ts";
import { type NetworkName, networks } from "./networks.ts";

export interface NetworkOptions {
  network: NetworkName;
  rpcUrl?: string;
  deployments?: string;
}

export type SendOptions = NetworkOptions & AccountOptions & { dryRun?: true; yes?: true; journal?: string };

/** A command about a chain. */
export function networkCommand(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option("--network <name>", "which chain").choices(Object.keys(networks)).default("local"))
    .addOption(
      new Option("--rpc-url <url>", "its RPC; the network's own if not given").env("SHADOWMESH_DEPLOY_RPC_URL"),
    )
    .option(
      "--deployments <folder>",
      "where <chainId>.json lies; contracts/deployments if not given, .shadowmesh for local",
    )
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ npm run ${name} -- ${example}`).join("\n")}`)
    .allowExcessArguments(false);
}

/** A command that sends transactions. */
export function sendCommand(name: string, description: string, examples: readonly string[]): Command {
  return networkCommand(name, description, examples)
    .addOption(new Option("--keystore <file>", "who sends: an encrypted keystore").env("SHADOWMESH_DEPLOY_KEYSTORE"))
    .option("--password-file <file>", "file with its password; else SHADOWMESH_OPERATOR_PASSWORD, else asked for")
    .option("--from <address>", "who sends: an account that the RPC signs for, such as a hardware wallet's")
    .option("--journal <folder>", "where an interrupted run is remembered; .shadowmesh/deploy if not given")
    .option("--dry-run", "print what would be sent, and send nothing")
    .option("--yes", "do not ask before sending");
}

/** @throws Error where the RPC does not answer, or is of another chain than the network named. */
export async function checkedRpc({ network, rpcUrl = networks[network].rpcUrl }: NetworkOptions): Promise<string> {
  const chainId = await createPublicClient({ transport: http(rpcUrl, { retryCount: 1 }) })
    .getChainId()
    .catch((cause: unknown) => {
      throw new Error(`The RPC ${rpcUrl} does not answer: start it, or give another with --rpc-url.`, { cause });
    });
  if (chainId === networks[network].chainId) return rpcUrl;
  throw new Error(
    `${rpcUrl} is of chain ${chainId}, but ${network} is chain ${networks[network].chainId}: give the right --rpc-url.`,
  );
}

export const deploymentsFolder = ({ network, deployments = networks[network].folder }: NetworkOptions): string =>
  resolve(root, deployments);

export async function runOptions(options: SendOptions): Promise<RunOptions> {
  const { network, dryRun = false, yes = false, journal = ".shadowmesh/deploy" } = options;
  const rpcUrl = await checkedRpc(options);
  const clients = await connect(rpcUrl, await openAccount(options, rpcUrl, dryRun));
  return {
    clients,
    target: {
      name: network,
      rpcUrl,
      coin: networks[network].coin,
      folder: deploymentsFolder(options),
      journalFolder: resolve(root, journal),
    },
    dryRun,
    print: console.log,
    confirm: async (question) => yes || !networks[network].open || ask(question),
  };
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error(`${question} There is no terminal to ask at: give --yes.`);
  const { confirm } = await import("@inquirer/prompts");
  return confirm({ message: question, default: false });
}

/** Runs a command; what goes wrong is told in a line, with what to do. */
export async function main(command: Command): Promise<void> {
  try {
    await command.parseAsync();
  } catch (error) {
    const { message } = error as Error;
    console.error(`✗ ${message}`);
    if (error instanceof ShadowMeshError) console.error(`  ${error.action}`);
    process.exitCode = 1;
  }
}
