// Reads the registry and registers a node with it, in viem. Explained in contract-clients.md.
import { ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import {
  createPublicClient,
  createWalletClient,
  encodePacked,
  formatEther,
  getContract,
  hexToString,
  http,
  isAddress,
  keccak256,
  slice,
  stringToHex,
  trim,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";

const LIGHT_PUBLIC = 2;
const { RPC_URL = "http://127.0.0.1:8545", NODE_NEXUS = "" } = process.env;
if (!isAddress(NODE_NEXUS)) throw new Error("Set NODE_NEXUS to the registry's address.");

const transport = http(RPC_URL);
const publicClient = createPublicClient({ transport });
const walletClient = createWalletClient({ transport });
const nexus = getContract({
  address: NODE_NEXUS,
  abi: nodeNexusAbi,
  client: { public: publicClient, wallet: walletClient },
});
const region = stringToHex("europe", { size: 32 });

// ── Read ──

const regions = (await nexus.read.regions()).map((name) => hexToString(trim(name, { dir: "right" })));
const minimum = await nexus.read.minimumStake([LIGHT_PUBLIC]);
console.log(`regions: ${regions.join(", ")}`);
console.log(`stake of a public node: ${formatEther(minimum)} SHM, unbonding: ${await nexus.read.unbondingPeriod()} s`);
// Of the two functions of this name, the one that takes a seed: equals take turns at the front.
const best = await publicClient.readContract({
  address: NODE_NEXUS,
  abi: nodeNexusAbi,
  functionName: "getPublicLightNodes",
  args: [region, 5n, BigInt(Date.now())],
});
for (const peerID of best) {
  const [node, score] = await Promise.all([nexus.read.nodes([peerID]), nexus.read.scoreOf([peerID])]);
  console.log(`relay ${peerID}: score ${score}, ${formatEther(node.stake)} SHM, ${node.bandwidthMbps} Mbit/s`);
}

// ── Register ──

// The two keys of a node, and the ID that follows from them.
const nodeKey = privateKeyToAccount(generatePrivateKey());
const mlDsaKeyHash = keccak256(ml_dsa87.keygen(crypto.getRandomValues(new Uint8Array(32))).publicKey);
const peerID = slice(keccak256(encodePacked(["address", "bytes32"], [nodeKey.address, mlDsaKeyHash])), 0, 20);

// The operator: an account that the RPC signs for; in a browser, the wallet's.
const [operator] = await walletClient.getAddresses();
if (operator === undefined) throw new Error("The RPC has no account of its own: give the wallet client another.");

// The node's consent to this operator, for an hour by the chain's clock.
const deadline = (await publicClient.getBlock()).timestamp + 3_600n;
const nodeSignature = await nodeKey.signTypedData({
  domain: {
    name: "ShadowMesh NodeNexus",
    version: "1",
    chainId: await publicClient.getChainId(),
    verifyingContract: NODE_NEXUS,
  },
  types: {
    Registration: [
      { name: "operator", type: "address" },
      { name: "peerID", type: "bytes20" },
      { name: "deadline", type: "uint64" },
    ],
  },
  primaryType: "Registration",
  message: { operator, peerID, deadline },
});
const registration = {
  peerID,
  nodeType: LIGHT_PUBLIC,
  region,
  bandwidthMbps: 250,
  mlDsaKeyHash,
  nodeSignature,
  deadline,
};
// The simulation finds the contract's reason, should it refuse.
const { request } = await nexus.simulate.register([registration], { account: operator, value: minimum });
// On whatever chain the RPC is of; name yours where a wallet could be on another.
const hash = await walletClient.writeContract({ ...request, chain: null });
await publicClient.waitForTransactionReceipt({ hash });

const { active, stake } = await nexus.read.nodes([peerID]);
console.log(`registered ${peerID}: ${active ? "active" : "inactive"}, ${formatEther(stake)} SHM, in ${hash}`);
