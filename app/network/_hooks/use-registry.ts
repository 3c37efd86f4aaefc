"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { PublicClient } from "viem";
import { decodeRegion, nodeNexusAbi, toRegistration } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import type { RegisteredNode } from "./node-list";

/** Nodes in one call: far below the gas that endpoints give a read. */
const pageSize = 250;
/** Calldata of a hundred scores: without a Multicall contract they travel as init code, which EIP-3860 limits to 48 KiB. */
const scoreBatchBytes = 3_600;
/** Calls under way at once: an endpoint that is shared counts them. */
const callsAtOnce = 8;
/** Up to so many nodes, all are read anew at each change; more of them once a minute. */
const fewNodes = 1_000;
/** Of a page that slept for longer than that, nobody asks what has happened since. */
const mostBlocksBehind = 5_000n;

interface Registry {
  readonly nodes: readonly RegisteredNode[];
  /** The regions that take new nodes, and those that still have some. */
  readonly regions: readonly string[];
  /** What was read is the state after this block. */
  readonly blockNumber: bigint;
}

/** Every active node of the contract. Without news on chain, nothing but its events is asked for again. */
export function useRegistry(rpcUrl: string, address: `0x${string}`) {
  const queryClient = useQueryClient();
  const queryKey = ["registry", rpcUrl, address];
  return useQuery({
    queryKey,
    // Ten thousand nodes would be compared one by one, to no end: they come as new or not at all.
    structuralSharing: false,
    refetchInterval: ({ state }) => ((state.data?.nodes.length ?? 0) > fewNodes ? 60_000 : 2_000),
    queryFn: async (): Promise<Registry> => {
      const chain = publicClientOf(rpcUrl);
      const blockNumber = await chain.getBlockNumber({ cacheTime: 0 });
      const known = queryClient.getQueryData<Registry>(queryKey);
      if (known && known.blockNumber <= blockNumber && blockNumber - known.blockNumber < mostBlocksBehind) {
        if (known.blockNumber === blockNumber) return known;
        const news = await chain.getLogs({ address, fromBlock: known.blockNumber + 1n, toBlock: blockNumber });
        if (news.length === 0) return { ...known, blockNumber };
      }
      return readRegistry(chain, address, blockNumber);
    },
  });
}

/** Reads all pages as they were after one block, so that no node slips from one to the next. */
async function readRegistry(chain: PublicClient, address: `0x${string}`, blockNumber: bigint): Promise<Registry> {
  const nexus = { abi: nodeNexusAbi, address } as const;
  const totals = await chain.readContract({ ...nexus, functionName: "regionTotals", blockNumber });
  const pages = totals.flatMap(({ region, nodes }) =>
    nodes.flatMap((count, type) =>
      Array.from({ length: Math.ceil(Number(count) / pageSize) }, (_, page) => ({ region, type, page })),
    ),
  );
  const nodes: RegisteredNode[][] = new Array(pages.length);
  const queue = [...pages.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, { region, type, page }] = next;
      nodes[index] = await readPage(
        chain,
        address,
        [region, type, BigInt(page * pageSize), BigInt(pageSize)],
        blockNumber,
      );
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  const regions = totals.filter(({ open, nodes: counts }) => open || counts.some((count) => count > 0n));
  return { nodes: nodes.flat(), regions: regions.map(({ region }) => decodeRegion(region)), blockNumber };
}

async function readPage(
  chain: PublicClient,
  address: `0x${string}`,
  args: readonly [region: `0x${string}`, type: number, offset: bigint, limit: bigint],
  blockNumber: bigint,
): Promise<RegisteredNode[]> {
  const nexus = { abi: nodeNexusAbi, address } as const;
  const [page] = await chain.readContract({ ...nexus, functionName: "nodesPage", args, blockNumber });
  const scores = await chain.multicall({
    // In few calls, also on a chain that has no Multicall contract.
    deployless: true,
    allowFailure: false,
    batchSize: scoreBatchBytes,
    blockNumber,
    contracts: page.map(({ peerID }) => ({ ...nexus, functionName: "scoreOf", args: [peerID] }) as const),
  });
  return page.map((node, index) => ({ ...toRegistration(node), score: scores[index] ?? 0 }));
}
