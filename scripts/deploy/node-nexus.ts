import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  getAddress,
  getContractAddress,
  type Hex,
  http,
  keccak256,
  type PublicClient,
  stringToHex,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from "viem";
import { nexusTimelockAbi, nexusTimelockBytecode } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import {
  erc1967ProxyBytecode,
  nodeNexusBytecode,
  nodeNexusLibraries,
} from "../../contracts/generated/node-nexus-bytecode.ts";
import { type Deployment, readDeployment, writeDeployment } from "./deployment.ts";
import { initializeArguments, type NodeNexusParameters } from "./parameters.ts";

export interface DeployClients {
  publicClient: PublicClient<Transport, Chain>;
  walletClient: WalletClient<Transport, Chain, Account>;
}

export type DeployOptions = (DeployClients | { rpcUrl: string; account: Account }) & {
  parameters?: Partial<NodeNexusParameters>;
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

/** Who may decide, and who may carry out what was decided once its time has come. */
export interface TimelockParameters {
  proposers: readonly Address[];
  /** The zero address lets anybody. */
  executors: readonly Address[];
  /** @default none beyond the unbonding period */
  minDelayS?: bigint;
}

/** @see NodeNexus.initialize */
const proxyConstructor = [
  { type: "constructor", inputs: [{ type: "address" }, { type: "bytes" }], stateMutability: "payable" },
] as const;

/** Changes with the sources of NodeNexus and of the libraries that it is linked with. */
const codeHash = keccak256(stringToHex(nodeNexusBytecode + JSON.stringify(nodeNexusLibraries)));

/** Clients for a chain of which only the RPC is known. */
export async function connect(rpcUrl: string, account: Account): Promise<DeployClients> {
  const transport = http(rpcUrl);
  const id = await createPublicClient({ transport }).getChainId();
  const chain = defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "ShadowMesh", symbol: "SHM", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  return {
    publicClient: createPublicClient({ chain, transport, pollingInterval: 100 }),
    walletClient: createWalletClient({ chain, transport, account }),
  };
}

async function confirm({ publicClient }: DeployClients, hash: Hex) {
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} was reverted`);
  return receipt;
}

function contractOf({ contractAddress, transactionHash }: TransactionReceipt): Address {
  if (!contractAddress) throw new Error(`transaction ${transactionHash} created no contract`);
  return getAddress(contractAddress);
}

/** Deploys NodeNexus itself, linked with its libraries. */
async function deployImplementation(clients: DeployClients): Promise<Address> {
  const deploy = async (bytecode: Hex) =>
    contractOf(await confirm(clients, await clients.walletClient.deployContract({ abi: [], bytecode })));
  let linked: string = nodeNexusBytecode;
  for (const { placeholder, bytecode } of Object.values(nodeNexusLibraries)) {
    const library = await deploy(bytecode);
    linked = linked.replaceAll(placeholder, library.slice(2).toLowerCase());
  }
  return deploy(linked as Hex);
}

/** Deploys the timelock before the proxy that it will own: the account's next transaction must create that. */
async function deployTimelock(clients: DeployClients, timelock: TimelockParameters): Promise<Address> {
  const { publicClient, walletClient } = clients;
  const from = walletClient.account.address;
  const nonce = BigInt(await publicClient.getTransactionCount({ address: from, blockTag: "pending" }));
  const nexus = getContractAddress({ from, nonce: nonce + 1n });
  const { proposers, executors, minDelayS = 0n } = timelock;
  const hash = await walletClient.deployContract({
    abi: nexusTimelockAbi,
    bytecode: nexusTimelockBytecode,
    args: [nexus, minDelayS, proposers, executors],
  });
  return contractOf(await confirm(clients, hash));
}

async function deployFresh(
  clients: DeployClients,
  parameters: Partial<NodeNexusParameters>,
  timelockParameters: TimelockParameters | undefined,
): Promise<Deployment> {
  const { walletClient } = clients;
  const implementation = await deployImplementation(clients);
  const timelock = timelockParameters && (await deployTimelock(clients, timelockParameters));
  const initialize = encodeFunctionData({
    abi: nodeNexusAbi,
    functionName: "initialize",
    args: [
      initializeArguments(walletClient.account.address, timelock ? { ...parameters, owner: timelock } : parameters),
    ],
  });
  const proxyReceipt = await confirm(
    clients,
    await walletClient.deployContract({
      abi: proxyConstructor,
      bytecode: erc1967ProxyBytecode,
      args: [implementation, initialize],
    }),
  );
  const nodeNexus = contractOf(proxyReceipt);
  if (timelock) await requireTimelockOf(clients, timelock, nodeNexus);
  return {
    chainId: walletClient.chain.id,
    nodeNexus,
    implementation,
    ...(timelock && { timelock }),
    blockNumber: Number(proxyReceipt.blockNumber),
    codeHash,
  };
}

/** @throws Error if another transaction of the account came between the two. */
async function requireTimelockOf({ publicClient }: DeployClients, address: Address, nodeNexus: Address) {
  const nexus = await publicClient.readContract({ address, abi: nexusTimelockAbi, functionName: "NEXUS" });
  if (nexus !== nodeNexus) throw new Error(`the timelock ${address} is of ${nexus}, not of ${nodeNexus}: deploy anew`);
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
