// Reads the registry and registers a node with it, in ethers. Explained in contract-clients.md.
import { ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import {
  Contract,
  dataSlice,
  decodeBytes32String,
  encodeBytes32String,
  formatEther,
  isAddress,
  JsonRpcProvider,
  keccak256,
  solidityPackedKeccak256,
  Wallet,
} from "ethers";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";

const LIGHT_PUBLIC = 2;
const { RPC_URL = "http://127.0.0.1:8545", NODE_NEXUS = "" } = process.env;
if (!isAddress(NODE_NEXUS)) throw new Error("Set NODE_NEXUS to the registry's address.");

const provider = new JsonRpcProvider(RPC_URL);
// The operator: an account that the RPC signs for; in a browser, `new BrowserProvider(window.ethereum).getSigner()`.
const operator = await provider.getSigner();
const nexus = new Contract(NODE_NEXUS, nodeNexusAbi, operator);
/** Some names are overloaded, and ABIs are read at run time: a function is named by its signature. */
const read = (signature: string, ...args: unknown[]) => nexus.getFunction(signature).staticCall(...args);
const region = encodeBytes32String("europe");

// ── Read ──

const regions: string[] = (await read("regions")).map(decodeBytes32String);
const minimum: bigint = await read("minimumStake", LIGHT_PUBLIC);
console.log(`regions: ${regions.join(", ")}`);
console.log(`stake of a public node: ${formatEther(minimum)} SHM, unbonding: ${await read("unbondingPeriod")} s`);
for (const peerID of await read("getPublicLightNodes(bytes32,uint256)", region, 5)) {
  const [node, score] = await Promise.all([read("nodes", peerID), read("scoreOf", peerID)]);
  console.log(`relay ${peerID}: score ${score}, ${formatEther(node.stake)} SHM, ${node.bandwidthMbps} Mbit/s`);
}

// ── Register ──

// The two keys of a node, and the ID that follows from them.
const nodeKey = Wallet.createRandom();
const mlDsaKeyHash = keccak256(ml_dsa87.keygen(crypto.getRandomValues(new Uint8Array(32))).publicKey);
const peerID = dataSlice(solidityPackedKeccak256(["address", "bytes32"], [nodeKey.address, mlDsaKeyHash]), 0, 20);

// The node's consent to this operator, for an hour by the chain's clock.
const deadline = ((await provider.getBlock("latest"))?.timestamp ?? 0) + 3_600;
const nodeSignature = await nodeKey.signTypedData(
  {
    name: "ShadowMesh NodeNexus",
    version: "1",
    chainId: (await provider.getNetwork()).chainId,
    verifyingContract: NODE_NEXUS,
  },
  {
    Registration: [
      { name: "operator", type: "address" },
      { name: "peerID", type: "bytes20" },
      { name: "deadline", type: "uint64" },
    ],
  },
  { operator: operator.address, peerID, deadline },
);
const registration = {
  peerID,
  nodeType: LIGHT_PUBLIC,
  region,
  bandwidthMbps: 250,
  mlDsaKeyHash,
  nodeSignature,
  deadline,
};
const transaction = await nexus.getFunction("register").send(registration, { value: minimum });
await transaction.wait();

const { active, stake } = await read("nodes", peerID);
console.log(
  `registered ${peerID}: ${active ? "active" : "inactive"}, ${formatEther(stake)} SHM, in ${transaction.hash}`,
);
provider.destroy();
