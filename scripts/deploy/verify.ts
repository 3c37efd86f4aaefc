import { join } from "node:path";
import { verifyContract } from "@nomicfoundation/hardhat-verify/verify";
import { type Abi, type Address, decodeAbiParameters, type Hex } from "viem";
import { type Deployment, readDeployment } from "./deployment.ts";
import { hardhatAt } from "./hardhat.ts";
import { type NetworkName, networks } from "./networks.ts";

export const explorers = ["sourcify", "etherscan"] as const;
export type Explorer = (typeof explorers)[number];

export interface VerifyOptions {
  name: NetworkName;
  rpcUrl: string;
  /** Where `<chainId>.json` lies. */
  folder: string;
  explorer: Explorer;
  sourcifyUrl?: string;
  print(line: string): void;
}

interface Published {
  title: string;
  address: Address;
  /** Source and name, as Hardhat writes them. */
  contract: string;
  constructorArguments?: Hex;
  libraries?: Record<string, Address>;
}

/** Publishes the sources of everything that is deployed; what an explorer has already is passed over. */
export async function verify(options: VerifyOptions): Promise<void> {
  const { name, rpcUrl, folder, explorer, sourcifyUrl, print } = options;
  if (explorer === "etherscan" && !process.env.ETHERSCAN_API_KEY) {
    throw new Error("Etherscan wants a key: set ETHERSCAN_API_KEY, or use --explorer sourcify, which wants none.");
  }
  const { chainId } = networks[name];
  const file = join(folder, `${chainId}.json`);
  const deployment = await readDeployment(file);
  if (!deployment) throw new Error(`${file} is not there: deploy first`);

  const hre = await hardhatAt({ name, chainId, rpcUrl, sourcifyUrl });
  await hre.tasks.getTask("build").run({ quiet: true });
  const failed: string[] = [];
  for (const { title, constructorArguments, ...contract } of publishedOf(deployment)) {
    const { abi } = await hre.artifacts.readArtifact(contract.contract);
    const constructorArgs = decode(abi, constructorArguments);
    try {
      await verifyContract({ ...contract, constructorArgs, provider: explorer }, hre);
    } catch (error) {
      print(`  ✗ ${title} at ${contract.address}: ${(error as Error).message.split("\n")[0]}`);
      failed.push(title);
    }
  }
  if (failed.length === 0) return print(`All sources are published at ${explorer}.`);
  throw new Error(
    `${explorer} did not take ${failed.join(", ")}: check out the sources of the deployment, and try again`,
  );
}

function publishedOf(deployment: Deployment): Published[] {
  const { libraries, constructorArguments: given, timelock } = deployment;
  const own = (title: string, address: Address) => ({ title, address, constructorArguments: given[title] });
  const proxy = "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol:ERC1967Proxy";
  const top = (contract: string) => `contracts/${contract}.sol:${contract}`;
  return [
    ...Object.entries(libraries).map(([title, address]) => ({
      ...own(title, address),
      contract: `contracts/libraries/${title}.sol:${title}`,
    })),
    { ...own("NodeNexus implementation", deployment.implementation), contract: top("NodeNexus"), libraries },
    ...(["Reputation", "Slashing"] as const).map((title) => ({
      ...own(title, title === "Reputation" ? deployment.reputation : deployment.slashing),
      contract: top(title),
    })),
    { ...own("AuditAnchors", deployment.auditAnchors), contract: top("AuditAnchors") },
    ...(timelock ? [{ ...own("NexusTimelock", timelock), contract: top("NexusTimelock") }] : []),
    { ...own("NodeNexus", deployment.nodeNexus), contract: proxy },
    {
      ...own("RelayPayments implementation", deployment.relayPaymentsImplementation),
      contract: top("RelayPayments"),
    },
    { ...own("RelayPayments", deployment.relayPayments), contract: proxy },
  ];
}

function decode(abi: Abi, encoded: Hex | undefined): unknown[] {
  if (encoded === undefined) return [];
  const inputs = abi.flatMap((item) => (item.type === "constructor" ? [...item.inputs] : []));
  return [...decodeAbiParameters(inputs, encoded)];
}
