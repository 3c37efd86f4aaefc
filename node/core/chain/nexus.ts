import { type Address, type Hex, hexToString, type PublicClient, stringToHex, zeroAddress } from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import type { NodeType, Registration } from "../schema.ts";

/** `INodeNexus.NodeType` in its order. */
export const nodeTypes = ["backbone_auth", "light_private", "light_public"] as const satisfies readonly NodeType[];

/** Index of a node type in the contract's enum. */
export const nodeTypeIndex = (type: NodeType): number => nodeTypes.indexOf(type);

/** A region as the contract keeps it: a short string in 32 bytes. */
export const regionToBytes = (region: string): Hex => stringToHex(region, { size: 32 });
export const bytesToRegion = (bytes: Hex): string => hexToString(bytes, { size: 32 });

/** What an operator keeps of what the node earns, in 1/100 %; the rest raises the node's stake. */
export interface Commission {
  bps: number;
  /** A higher one that is announced, and when it may begin. */
  next: { bps: number; atMs: number } | null;
  /** What of it `claim` would pay. */
  claimableWei: bigint;
}

/** The reads of NodeNexus that the daemon and its commands need. */
export interface Nexus {
  registrationOf(peerId: Hex): Promise<Registration | null>;
  regions(): Promise<string[]>;
  /** Backbones of a region, best score first. */
  backbones(region: string): Promise<Hex[]>;
  /** Whether it is an active backbone of an approved operator. */
  isBackbone(peerId: Hex): Promise<boolean>;
  /** HTTP base URL that a backbone's operator wrote on chain, or null. */
  endpointOf(peerId: Hex): Promise<string | null>;
  /** The best-scored public nodes of a region; `seed` rotates within one score. */
  publicNodes(region: string, count: number, seed: bigint): Promise<Hex[]>;
  /** One page of the active nodes of a region and type. */
  page(
    region: string,
    type: NodeType,
    offset: number,
    limit: number,
  ): Promise<{ nodes: Registration[]; total: number }>;
  /** Contract whose scores count; null where there is none. */
  scorer(): Promise<Address | null>;
  /** 0 to 100; 0 for a node that is not registered. */
  scoreOf(peerId: Hex): Promise<number>;
  minimumStakeWei(type: NodeType): Promise<bigint>;
  commissionOf(peerId: Hex): Promise<Commission>;
  /** What of a node that leaves its operator withdraws, and from when on. */
  unbondingOf(peerId: Hex): Promise<{ amountWei: bigint; availableAtMs: number }>;
}

export function createNexus(client: PublicClient, address: Address): Nexus {
  const contract = { address, abi: nodeNexusAbi } as const;
  return {
    async registrationOf(peerId) {
      return toRegistration(await client.readContract({ ...contract, functionName: "nodes", args: [peerId] }));
    },
    async regions() {
      return (await client.readContract({ ...contract, functionName: "regions" })).map(bytesToRegion);
    },
    async backbones(region) {
      const args = [regionToBytes(region)] as const;
      return [...(await client.readContract({ ...contract, functionName: "getBackboneNodes", args }))];
    },
    isBackbone: (peerId) => client.readContract({ ...contract, functionName: "isBackbone", args: [peerId] }),
    async endpointOf(peerId) {
      return (await client.readContract({ ...contract, functionName: "endpointOf", args: [peerId] })) || null;
    },
    async publicNodes(region, count, seed) {
      const args = [regionToBytes(region), BigInt(count), seed] as const;
      return [...(await client.readContract({ ...contract, functionName: "getPublicLightNodes", args }))];
    },
    async page(region, type, offset, limit) {
      const args = [regionToBytes(region), nodeTypeIndex(type), BigInt(offset), BigInt(limit)] as const;
      const [page, total] = await client.readContract({ ...contract, functionName: "nodesPage", args });
      return { nodes: page.flatMap((node) => toRegistration(node) ?? []), total: Number(total) };
    },
    async scorer() {
      const scorer = await client.readContract({ ...contract, functionName: "scorer" });
      return scorer === zeroAddress ? null : scorer;
    },
    scoreOf: (peerId) => client.readContract({ ...contract, functionName: "scoreOf", args: [peerId] }),
    minimumStakeWei: (type) =>
      client.readContract({ ...contract, functionName: "minimumStake", args: [nodeTypeIndex(type)] }),
    async commissionOf(peerId) {
      const pool = await client.readContract({ ...contract, functionName: "poolOf", args: [peerId] });
      const { commissionBps: bps, nextCommissionBps, nextCommissionAt, earnings: claimableWei } = pool;
      const next = nextCommissionAt === 0n ? null : { bps: nextCommissionBps, atMs: Number(nextCommissionAt) * 1_000 };
      return { bps, next, claimableWei };
    },
    async unbondingOf(peerId) {
      const args = [peerId] as const;
      const [amountWei, availableAt] = await client.readContract({ ...contract, functionName: "unbondingOf", args });
      return { amountWei, availableAtMs: Number(availableAt) * 1_000 };
    },
  };
}

interface ContractNode {
  peerID: Hex;
  nodeType: number;
  region: Hex;
  operator: Address;
  bandwidthMbps: number;
  stake: bigint;
  lastSeen: bigint;
  active: boolean;
}

function toRegistration(node: ContractNode): Registration | null {
  const nodeType = nodeTypes[node.nodeType];
  if (node.operator === zeroAddress || nodeType === undefined) return null;
  return {
    peerId: node.peerID,
    nodeType,
    region: bytesToRegion(node.region),
    operator: node.operator,
    bandwidthMbps: node.bandwidthMbps,
    stakeWei: node.stake.toString(),
    lastSeenMs: Number(node.lastSeen) * 1000,
    active: node.active,
  };
}
