import { type ContractFunctionArgs, hexToString, stringToHex, trim } from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import type { NodeType, Registration } from "../../../node/core/schema.ts";

type Writes = "payable" | "nonpayable";
type OperatorWrite =
  | "register"
  | "update"
  | "topUp"
  | "deregister"
  | "withdraw"
  | "claim"
  | "setCommission"
  | "executeCommission";
type StakerWrite = "stake" | "unstake" | "rebond" | "withdrawUnstaked";
type WriteName = OperatorWrite | StakerWrite;

/** A call of NodeNexus that an operator or a staker signs. */
export type NexusCall = {
  [F in WriteName]: {
    functionName: F;
    args: ContractFunctionArgs<typeof nodeNexusAbi, Writes, F>;
    value?: bigint;
  };
}[WriteName];

/** The order of `enum NodeType` in INodeNexus.sol. */
const nodeTypes: readonly NodeType[] = ["backbone_auth", "light_private", "light_public"];

export const nodeTypeNumber = (type: NodeType) => nodeTypes.indexOf(type);

export const encodeRegion = (region: string) => stringToHex(region, { size: 32 });
export const decodeRegion = (region: `0x${string}`) => hexToString(trim(region, { dir: "right" }));

interface NodeOnChain {
  peerID: `0x${string}`;
  nodeType: number;
  region: `0x${string}`;
  operator: `0x${string}`;
  bandwidthMbps: number;
  stake: bigint;
  lastSeen: bigint;
  active: boolean;
}

/** `INodeNexus.Node` in the shape of the daemon's API. */
export function toRegistration(node: NodeOnChain): Registration {
  return {
    peerId: node.peerID,
    nodeType: nodeTypes[node.nodeType] ?? "light_private",
    region: decodeRegion(node.region),
    operator: node.operator,
    bandwidthMbps: node.bandwidthMbps,
    stakeWei: node.stake.toString(),
    lastSeenMs: Number(node.lastSeen) * 1_000,
    active: node.active,
  };
}

export { nodeNexusAbi };
