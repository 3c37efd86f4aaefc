import { type Address, type Hex, isAddressEqual, parseAbi, slice, zeroHash } from "viem";
import { nexusTimelockAbi } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import type { DeployClients } from "../transactions/index.ts";
import type { Deployment } from "./deployment.ts";

/** ERC-1967: keccak256("eip1967.proxy.implementation") - 1. */
const IMPLEMENTATION_SLOT = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";

/** What the contracts around NodeNexus have in common. */
const surroundingAbi = parseAbi(["function NEXUS() view returns (address)", "function owner() view returns (address)"]);

export async function implementationOf({ publicClient }: DeployClients, proxy: Address): Promise<Address> {
  return slice((await publicClient.getStorageAt({ address: proxy, slot: IMPLEMENTATION_SLOT })) ?? zeroHash, 12);
}

/** Who governs the proxies: the timelock, or else whom the registry names. */
export const ownerOf = ({ publicClient }: DeployClients, address: Address): Promise<Address> =>
  publicClient.readContract({ address, abi: surroundingAbi, functionName: "owner" });

/**
 * Reads back what a deployment must be: the code, what the proxies run, who knows whom and who governs.
 *
 * @param codes - The code that the contracts must have, by address.
 * @throws Error that names everything that differs.
 */
export async function checkDeployment(
  clients: DeployClients,
  deployment: Deployment,
  codes: ReadonlyMap<Address, Hex> = new Map(),
): Promise<void> {
  const { publicClient, walletClient } = clients;
  const { nodeNexus, relayPayments, reputation, slashing, auditAnchors, timelock } = deployment;
  const wrong: string[] = [];
  const expectSame = (what: string, found: Address, wanted: Address) => {
    if (!isAddressEqual(found, wanted)) wrong.push(`${what} is ${found}, not ${wanted}`);
  };

  for (const [address, code] of codes) {
    if ((await publicClient.getCode({ address })) !== code) wrong.push(`the code at ${address} is another`);
  }
  expectSame("NodeNexus' implementation", await implementationOf(clients, nodeNexus), deployment.implementation);
  expectSame(
    "RelayPayments' implementation",
    await implementationOf(clients, relayPayments),
    deployment.relayPaymentsImplementation,
  );
  const nexus = { address: nodeNexus, abi: nodeNexusAbi } as const;
  expectSame("the scorer", await publicClient.readContract({ ...nexus, functionName: "scorer" }), reputation);
  expectSame("the slasher", await publicClient.readContract({ ...nexus, functionName: "slasher" }), slashing);
  for (const address of [reputation, slashing, relayPayments, auditAnchors, ...(timelock ? [timelock] : [])]) {
    const known = await publicClient.readContract({ address, abi: surroundingAbi, functionName: "NEXUS" });
    expectSame(`the registry that ${address} knows`, known, nodeNexus);
  }
  const owner = await ownerOf(clients, nodeNexus);
  expectSame("RelayPayments' owner", await ownerOf(clients, relayPayments), owner);
  if (timelock) {
    expectSame("NodeNexus' owner", owner, timelock);
    const role = { address: timelock, abi: nexusTimelockAbi } as const;
    const args = [zeroHash, walletClient.account.address] as const;
    if (await publicClient.readContract({ ...role, functionName: "hasRole", args })) {
      wrong.push("the deployer is admin of the timelock");
    }
  }
  if (wrong.length > 0) throw new Error(`The deployment is not as it must be: ${wrong.join("; ")}.`);
}
