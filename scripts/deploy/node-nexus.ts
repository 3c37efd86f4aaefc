import { type Account, type Address, encodeFunctionData, type Hex, keccak256, stringToHex } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import {
  erc1967ProxyBytecode,
  nodeNexusBytecode,
  nodeNexusLibraries,
} from "../../contracts/generated/node-nexus-bytecode.ts";
import { relayPaymentsBytecode } from "../../contracts/generated/relay-payments.ts";
import { reputationBytecode } from "../../contracts/generated/reputation.ts";
import { slashingBytecode } from "../../contracts/generated/slashing.ts";
import { confirm, connect, create, type DeployClients } from "./clients.ts";
import { type Deployment, readDeployment, writeDeployment } from "./deployment.ts";
import { initializeArguments, type NodeNexusParameters } from "./parameters.ts";
import {
  deployRelayPayments,
  deploySurroundings,
  proxyConstructor,
  type SurroundingsParameters,
  type TimelockParameters,
} from "./surroundings.ts";

export type DeployOptions = (DeployClients | { rpcUrl: string; account: Account }) & {
  parameters?: Partial<Omit<NodeNexusParameters, "scorer" | "slasher"> & SurroundingsParameters>;
  /** Where the deployment is remembered; read first, written after. Without it every call deploys. */
  deploymentFile?: string;
  /**
   * Deploys a timelock as the owner, whose delay is never shorter than unbonding; then neither `parameters.owner` nor
   * `backboneOperators` may be given, but `parameters.backboneOperators` may.
   */
  timelock?: TimelockParameters;
  /** What to do if the chain runs another version than these sources. @default "refuse" */
  ifStale?: "refuse" | "redeploy";
  /** Operators to approve for BACKBONE_AUTH; the account must be the owner. Those approved already cost nothing. */
  backboneOperators?: readonly Address[];
};

/** Changes with the sources of NodeNexus, of the libraries that it is linked with, and of what surrounds it. */
const codeHash = keccak256(
  stringToHex(
    [
      nodeNexusBytecode,
      JSON.stringify(nodeNexusLibraries),
      reputationBytecode,
      slashingBytecode,
      relayPaymentsBytecode,
    ].join(),
  ),
);

/** Deploys NodeNexus itself, linked with its libraries. */
async function deployImplementation(clients: DeployClients): Promise<Address> {
  let linked: string = nodeNexusBytecode;
  for (const { placeholder, bytecode } of Object.values(nodeNexusLibraries)) {
    const library = await create(clients, { abi: [], bytecode });
    linked = linked.replaceAll(placeholder, library.address.slice(2).toLowerCase());
  }
  return (await create(clients, { abi: [], bytecode: linked as Hex })).address;
}

async function deployFresh(
  clients: DeployClients,
  parameters: NonNullable<DeployOptions["parameters"]>,
  timelockParameters: TimelockParameters | undefined,
): Promise<Deployment> {
  const { chain, account } = clients.walletClient;
  const implementation = await deployImplementation(clients);
  const { expected, scorer, slasher, timelock } = await deploySurroundings(clients, parameters, timelockParameters);
  const initial = initializeArguments(account.address, {
    ...parameters,
    scorer,
    slasher,
    ...(timelock && { owner: timelock }),
  });
  const initialize = encodeFunctionData({ abi: nodeNexusAbi, functionName: "initialize", args: [initial] });
  const { address: nodeNexus, blockNumber } = await create(clients, {
    abi: proxyConstructor,
    bytecode: erc1967ProxyBytecode,
    args: [implementation, initialize],
  });
  if (nodeNexus !== expected) {
    throw new Error(`another transaction of ${account.address} came between those of the deployment: deploy anew`);
  }
  const relayPayments = await deployRelayPayments(clients, nodeNexus, initial.owner, parameters);
  return {
    chainId: chain.id,
    nodeNexus,
    implementation,
    reputation: scorer,
    slashing: slasher,
    relayPayments,
    ...(timelock && { timelock }),
    blockNumber,
    codeHash,
  };
}

/** The remembered deployment, if the chain still has it: a development chain may have been wiped. */
async function findExisting(
  { publicClient }: DeployClients,
  file: string,
  ifStale: "refuse" | "redeploy",
): Promise<Deployment | undefined> {
  const known = await readDeployment(file);
  if (!known) return undefined;
  if (known.chainId !== publicClient.chain.id) {
    throw new Error(`${file} is of chain ${known.chainId}, but the RPC is of chain ${publicClient.chain.id}`);
  }
  if (!(await publicClient.getCode({ address: known.nodeNexus }))) return undefined;
  if (known.codeHash === codeHash) return known;
  if (ifStale === "redeploy") return undefined;
  throw new Error(`NodeNexus at ${known.nodeNexus} is another version than these sources: upgrade it instead`);
}

async function approveBackbones(clients: DeployClients, address: Address, operators: readonly Address[]) {
  const { publicClient, walletClient } = clients;
  for (const operator of operators) {
    const contract = { address, abi: nodeNexusAbi, args: [operator] } as const;
    if (await publicClient.readContract({ ...contract, functionName: "isApprovedBackbone" })) continue;
    const hash = await walletClient.writeContract({
      address,
      abi: nodeNexusAbi,
      functionName: "setBackboneApproval",
      args: [operator, true],
    });
    await confirm(clients, hash);
  }
}

/**
 * Deploys NodeNexus behind its proxy, or finds the one deployed before. Needs no compiler: the bytecode is the
 * committed one.
 *
 * @returns the deployment, and whether it was there already.
 */
export async function deployNodeNexus(options: DeployOptions): Promise<Deployment & { reused: boolean }> {
  const clients = "rpcUrl" in options ? await connect(options.rpcUrl, options.account) : options;
  const { deploymentFile, ifStale = "refuse" } = options;
  const existing = deploymentFile ? await findExisting(clients, deploymentFile, ifStale) : undefined;
  const deployment = existing ?? (await deployFresh(clients, options.parameters ?? {}, options.timelock));
  if (deploymentFile && !existing) await writeDeployment(deploymentFile, deployment);
  await approveBackbones(clients, deployment.nodeNexus, options.backboneOperators ?? []);
  return { ...deployment, reused: existing !== undefined };
}
