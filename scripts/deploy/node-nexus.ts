import type { Account, Address } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { confirm, connect, type DeployClients, execute, writeJson } from "../transactions/index.ts";
import { type Deployment, readDeployment } from "./deployment.ts";
import type { DeployParameters, TimelockParameters } from "./parameters.ts";
import { codeHashes, planDeployment } from "./plan.ts";

export type DeployOptions = (DeployClients | { rpcUrl: string; account: Account }) & {
  parameters?: DeployParameters;
  /** Where the deployment is remembered; read first, written after. Without it every call deploys. */
  deploymentFile?: string;
  /** See {@link DeployParameters}. */
  timelock?: TimelockParameters;
  /** What to do if the chain runs another version than these sources. @default "refuse" */
  ifStale?: "refuse" | "redeploy";
  /** Operators to approve for BACKBONE_AUTH; the account must be the owner. Those approved already cost nothing. */
  backboneOperators?: readonly Address[];
};

async function deployFresh(clients: DeployClients, parameters: DeployParameters): Promise<Deployment> {
  const { publicClient, walletClient } = clients;
  const deployer = walletClient.account.address;
  const { steps, deployment } = planDeployment({
    chainId: walletClient.chain.id,
    deployer,
    firstNonce: await publicClient.getTransactionCount({ address: deployer, blockTag: "pending" }),
    blockNumber: Number(await publicClient.getBlockNumber({ cacheTime: 0 })),
    parameters,
  });
  await execute(clients, steps);
  return deployment;
}

/**
 * The remembered deployment, if the chain still has it: a development chain may have been wiped.
 *
 * @throws Error if it is of another chain, or of other sources.
 */
export async function findExisting(
  { publicClient }: DeployClients,
  file: string,
  ifStale: "refuse" | "redeploy",
): Promise<Deployment | undefined> {
  const known = await readDeployment(file).catch((error: unknown) => {
    // Files of earlier versions have other fields.
    if (ifStale === "redeploy") return undefined;
    throw error;
  });
  if (!known) return undefined;
  if (known.chainId !== publicClient.chain.id) {
    throw new Error(`${file} is of chain ${known.chainId}, but the RPC is of chain ${publicClient.chain.id}`);
  }
  if (!(await publicClient.getCode({ address: known.nodeNexus }))) return undefined;
  const moved = Object.keys(codeHashes).filter((name) => known.codeHashes[name] !== codeHashes[name]);
  if (moved.length === 0) return known;
  if (ifStale === "redeploy") return undefined;
  throw new Error(
    `NodeNexus at ${known.nodeNexus} is there, but of another version than these sources (${moved.join(", ")}): ` +
      "upgrade it instead",
  );
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
 * Deploys NodeNexus behind its proxy with all that surrounds it, or finds the one deployed before. Needs no compiler:
 * the bytecode is the committed one.
 *
 * @returns the deployment, and whether it was there already.
 */
export async function deployNodeNexus(options: DeployOptions): Promise<Deployment & { reused: boolean }> {
  const clients = "rpcUrl" in options ? await connect(options.rpcUrl, options.account) : options;
  const { deploymentFile, ifStale = "refuse", parameters, timelock } = options;
  const existing = deploymentFile ? await findExisting(clients, deploymentFile, ifStale) : undefined;
  const deployment = existing ?? (await deployFresh(clients, { ...parameters, ...(timelock && { timelock }) }));
  if (deploymentFile && !existing) await writeJson(deploymentFile, deployment);
  await approveBackbones(clients, deployment.nodeNexus, options.backboneOperators ?? []);
  return { ...deployment, reused: existing !== undefined };
}
