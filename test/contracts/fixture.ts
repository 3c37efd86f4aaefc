import hardhat from "hardhat";
import {
  type Abi,
  type Address,
  encodeFunctionData,
  encodePacked,
  getContract,
  type Hex,
  keccak256,
  parseAbi,
  parseEther,
  parseSignature,
  serializeSignature,
  slice,
  toHex,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { nodeNexusLibraries } from "../../contracts/generated/node-nexus-bytecode.ts";
import { initializeArguments, type NodeNexusParameters, regionId } from "../../scripts/deploy/parameters.ts";

export const connection = await hardhat.network.create();
export const { viem, networkHelpers } = connection;
export const { assertions } = viem;
export const publicClient = await viem.getPublicClient();

const wallets = await viem.getWalletClients();
const wallet = (index: number) => {
  const client = wallets[index];
  if (!client) throw new Error("the network has too few accounts");
  return client;
};
export const [owner, operator, stranger, pauser] = [wallet(0), wallet(1), wallet(2), wallet(3)];

/** Then the probes in the contracts cost gas. */
export const underCoverage = hardhat.globalOptions.coverage;

export const BACKBONE_AUTH = 0;
export const LIGHT_PRIVATE = 1;
export const LIGHT_PUBLIC = 2;
export const EUROPE = regionId("europe");
export const OCEANIA = regionId("oceania");
export const MINIMUM = parseEther("100");
export const UNBONDING_S = 7 * 24 * 3600;

/**
 * A contract as Hardhat compiled it: under coverage that is not what is committed. Mocks have no committed ABI; each test
 * file states what it calls of them.
 */
export async function deploy<const A extends Abi>(name: string, abi: A, args: readonly unknown[] = []) {
  const { address } = await viem.deployContract(name, [...args]);
  return getContract({ address, abi, client: { public: publicClient, wallet: owner } });
}

export const nexusAt = (address: Address) =>
  getContract({ address, abi: nodeNexusAbi, client: { public: publicClient, wallet: owner } });
export type Nexus = ReturnType<typeof nexusAt>;

/** NodeNexus or a next version of it, linked. */
export async function deployImplementation(name = "NodeNexus"): Promise<Address> {
  const libraries: Record<string, Address> = {};
  for (const library of Object.keys(nodeNexusLibraries)) {
    libraries[library] = (await viem.deployContract(library)).address;
  }
  return (await viem.deployContract(name, [], { libraries })).address;
}

export async function deployNexus(parameters: Partial<NodeNexusParameters> = {}): Promise<Nexus> {
  const implementation = await deployImplementation();
  const initialize = encodeFunctionData({
    abi: nodeNexusAbi,
    functionName: "initialize",
    args: [initializeArguments(owner.account.address, { pauser: pauser.account.address, ...parameters })],
  });
  const proxy = await viem.deployContract("ERC1967Proxy", [implementation, initialize]);
  return nexusAt(proxy.address);
}

/** A registry with the default parameters and no nodes. */
export async function emptyNexus() {
  return { nexus: await deployNexus() };
}

/** What a node keeps secret and what follows from it; the ML-DSA key is random bytes, for only its hash matters here. */
export function createNode() {
  const nodeKey = privateKeyToAccount(generatePrivateKey());
  const mlDsaKeyHash = keccak256(toHex(crypto.getRandomValues(new Uint8Array(2592))));
  const peerID = slice(keccak256(encodePacked(["address", "bytes32"], [nodeKey.address, mlDsaKeyHash])), 0, 20);
  return { nodeKey, mlDsaKeyHash, peerID };
}
export type TestNode = ReturnType<typeof createNode>;

/** A deadline that any block of a test which does not leap further ahead still meets. */
export const soon = async (): Promise<bigint> => BigInt((await networkHelpers.time.latest()) + 3_600);

/** The node key's signature that names an operator. */
export const prove = async (
  node: TestNode,
  nexus: { address: Address },
  {
    operatorAddress = operator.account.address,
    chainId = 31337,
    deadline,
  }: { operatorAddress?: Address; chainId?: number; deadline?: bigint } = {},
): Promise<Hex> =>
  node.nodeKey.signTypedData({
    domain: { name: "ShadowMesh NodeNexus", version: "1", chainId, verifyingContract: nexus.address },
    types: {
      Registration: [
        { name: "operator", type: "address" },
        { name: "peerID", type: "bytes20" },
        { name: "deadline", type: "uint64" },
      ],
    },
    primaryType: "Registration",
    message: { operator: operatorAddress, peerID: node.peerID, deadline: deadline ?? (await soon()) },
  });

export interface RegistrationInput {
  peerID: Hex;
  nodeType: number;
  region: Hex;
  bandwidthMbps: number;
  mlDsaKeyHash: Hex;
  nodeSignature: Hex;
  deadline: bigint;
}

/** A registration that is in order, but for what the test changes. */
export async function registrationOf(
  node: TestNode,
  nexus: { address: Address },
  changes: Partial<RegistrationInput> & { operatorAddress?: Address } = {},
): Promise<RegistrationInput> {
  const { operatorAddress, deadline = await soon(), ...rest } = changes;
  return {
    peerID: node.peerID,
    nodeType: LIGHT_PUBLIC,
    region: EUROPE,
    bandwidthMbps: 100,
    mlDsaKeyHash: node.mlDsaKeyHash,
    nodeSignature: rest.nodeSignature ?? (await prove(node, nexus, { operatorAddress, deadline })),
    deadline,
    ...rest,
  };
}

/** Registers a node of `operator`; a public one in Europe with the minimum stake unless told otherwise. */
export async function registerNode(
  nexus: Nexus,
  changes: Partial<RegistrationInput> & { value?: bigint; node?: TestNode } = {},
) {
  const { value = MINIMUM, node = createNode(), ...rest } = changes;
  const registration = await registrationOf(node, nexus, rest);
  const hash = await nexus.write.register([registration], { account: operator.account, value });
  return { ...node, hash };
}

/** The other signature of the same message by the same key: s replaced by n - s. */
export function malleate(signature: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const { r, s, yParity } = parseSignature(signature);
  return serializeSignature({ r, s: toHex(order - BigInt(s), { size: 32 }), yParity: 1 - yParity });
}

const operatorContractAbi = parseAbi([
  "struct Registration { bytes20 peerID; uint8 nodeType; bytes32 region; uint32 bandwidthMbps; bytes32 mlDsaKeyHash; bytes nodeSignature; uint64 deadline; }",
  "function register(Registration registration) payable",
  "function deregister(bytes20 peerID)",
  "function withdraw(bytes20 peerID)",
  "function setConduct(uint8 conduct, bytes reentry)",
  "function reentryFailure() view returns (bytes)",
]);

/** An operator that is a contract, and a node registered and already leaving in its name. */
export async function contractOperator(nexus: Nexus) {
  const contract = await deploy("OperatorContract", operatorContractAbi, [nexus.address]);
  const node = createNode();
  const registration = await registrationOf(node, nexus, { operatorAddress: contract.address });
  await contract.write.register([registration], { value: MINIMUM });
  await contract.write.deregister([node.peerID]);
  await networkHelpers.time.increase(UNBONDING_S);
  return { contract, peerID: node.peerID };
}

export const asOperator = { account: operator.account };
export const asStranger = { account: stranger.account };
export const asPauser = { account: pauser.account };

export const timeOf = async (hash: Hex): Promise<bigint> => {
  const { blockNumber } = await publicClient.getTransactionReceipt({ hash });
  return (await publicClient.getBlock({ blockNumber })).timestamp;
};

export const gasOf = async (hash: Hex): Promise<bigint> => (await publicClient.getTransactionReceipt({ hash })).gasUsed;
