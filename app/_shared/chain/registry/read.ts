import type { Address, ContractFunctionReturnType, PublicClient } from "viem";
import { decodeRegion, nodeNexusAbi } from "../nexus.ts";
import { changedNodes } from "./changes.ts";

type View<F extends "nodeDetails" | "nodesPage"> = ContractFunctionReturnType<typeof nodeNexusAbi, "view", F>;
export type NodeDetails = View<"nodeDetails">;
export type NodesPage = View<"nodesPage">[0];

/** What a page of the console makes of the contract's nodes. */
export interface NodeShape<N> {
  ofPage(read: Reader, page: NodesPage): Promise<N[]>;
  ofDetails(details: NodeDetails): N;
}

/** Reads the contract as it was after one block. */
export interface Reader {
  readonly chain: PublicClient;
  readonly at: { readonly abi: typeof nodeNexusAbi; readonly address: Address; readonly blockNumber: bigint };
}

/** Every active node, as of one block. */
export interface NodeList<N> {
  readonly nodes: readonly N[];
  /** The regions that take new nodes, and those that still have some. */
  readonly regions: readonly string[];
  /** What was read is the state after this block. */
  readonly block: { readonly number: bigint; readonly hash: string };
}

/** Nodes in one call: far below the gas that endpoints give a read. */
const pageSize = 250;
/** Calldata of a hundred calls: without a Multicall contract they travel as init code, which EIP-3860 limits to 48 KiB. */
const batchBytes = 3_600;
/** Calls under way at once: an endpoint that is shared counts them. */
const callsAtOnce = 8;
/** Of a page that slept for longer than that, nobody asks what has happened since. */
const mostBlocksBehind = 5_000n;
/** Where events name more nodes than that, all are read anew by the page, in fewer calls. */
const mostChanged = 500;

/** Many calls in few requests, also on a chain that has no Multicall contract. */
export const batched = { deployless: true, allowFailure: false, batchSize: batchBytes } as const;

/**
 * Reads the nodes of the contract. Of a list that is known only those are read again that events since its block name,
 * and without news none; the nodes that did not change stay the same objects.
 */
export async function readNodeList<N extends { peerId: string }>(
  chain: PublicClient,
  address: Address,
  shape: NodeShape<N>,
  known?: NodeList<N>,
): Promise<NodeList<N>> {
  const number = await chain.getBlockNumber({ cacheTime: 0 });
  if (known?.block.number === number) return known;
  const { hash } = await chain.getBlock({ blockNumber: number });
  const read: Reader = { chain, at: { abi: nodeNexusAbi, address, blockNumber: number } };
  const block = { number, hash };
  const nodes = (known && (await readChanges(read, shape, known))) ?? (await readAll(read, shape));
  return { ...nodes, block };
}

type Nodes<N> = Pick<NodeList<N>, "nodes" | "regions">;

/** Null where all has to be read: too much has happened, or what was known is no part of the chain any more. */
async function readChanges<N extends { peerId: string }>(
  read: Reader,
  shape: NodeShape<N>,
  known: NodeList<N>,
): Promise<Nodes<N> | null> {
  const { chain, at } = read;
  const behind = at.blockNumber - known.block.number;
  if (behind < 0n || behind > mostBlocksBehind) return null;
  const [seen, logs] = await Promise.all([
    chain.getBlock({ blockNumber: known.block.number }),
    chain.getLogs({ address: at.address, fromBlock: known.block.number + 1n, toBlock: at.blockNumber }),
  ]);
  if (seen.hash !== known.block.hash) return null;
  if (logs.length === 0) return known;
  const { peerIds, pools } = changedNodes(logs);
  if (peerIds.size + pools.size > mostChanged) return null;
  const views = await chain.multicall({
    ...batched,
    blockNumber: at.blockNumber,
    contracts: [...pools].map((pool) => ({ ...at, functionName: "poolAt", args: [pool] }) as const),
  });
  const changed = new Set([...peerIds, ...views.map(({ peerID }) => peerID)].map((peerId) => peerId.toLowerCase()));
  const [totals, details] = await Promise.all([
    chain.readContract({ ...at, functionName: "regionTotals" }),
    chain.multicall({
      ...batched,
      blockNumber: at.blockNumber,
      contracts: [...changed].map(
        (peerId) => ({ ...at, functionName: "nodeDetails", args: [peerId as `0x${string}`] }) as const,
      ),
    }),
  ]);
  const kept = known.nodes.filter(({ peerId }) => !changed.has(peerId.toLowerCase()));
  // One that has left is not active, or all zero.
  const news = details.filter(({ node }) => node.active).map((one) => shape.ofDetails(one));
  return {
    nodes: news.length === 0 && kept.length === known.nodes.length ? known.nodes : [...kept, ...news],
    regions: regionsOf(totals),
  };
}

/** Reads all pages as they were after one block, so that no node slips from one to the next. */
async function readAll<N>(read: Reader, shape: NodeShape<N>): Promise<Nodes<N>> {
  const { chain, at } = read;
  const totals = await chain.readContract({ ...at, functionName: "regionTotals" });
  const pages = totals.flatMap(({ region, nodes }) =>
    nodes.flatMap((count, type) =>
      Array.from({ length: Math.ceil(Number(count) / pageSize) }, (_, page) => ({ region, type, page })),
    ),
  );
  const nodes: N[][] = new Array(pages.length);
  const queue = [...pages.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, { region, type, page }] = next;
      const args = [region, type, BigInt(page * pageSize), BigInt(pageSize)] as const;
      const [found] = await chain.readContract({ ...at, functionName: "nodesPage", args });
      nodes[index] = await shape.ofPage(read, found);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  return { nodes: nodes.flat(), regions: regionsOf(totals) };
}

function regionsOf(totals: ContractFunctionReturnType<typeof nodeNexusAbi, "view", "regionTotals">): string[] {
  const listed = totals.filter(({ open, nodes }) => open || nodes.some((count) => count > 0n));
  return listed.map(({ region }) => decodeRegion(region));
}
