"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ContractFunctionReturnType } from "viem";
import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network.ts";
import { nodeNexusAbi, toRegistration } from "../../_shared/chain/nexus.ts";
import { publicClientOf } from "../../_shared/chain/public-client.ts";

type NodeDetails = ContractFunctionReturnType<typeof nodeNexusAbi, "view", "nodeDetails">;

/** A node that takes stake, with all that the contract says of it. */
export interface StakedNode extends Registration {
  score: number;
  pool: NodeDetails["pool"];
  /** How long who unstakes from it waits. */
  unbondingMs: number;
}

export interface NodesAnswer {
  nodes: StakedNode[];
  /** What users pay for a relayed GiB, the same for all. */
  priceWeiPerGiB: bigint;
  /** Entries are stopped: nothing can be staked. */
  paused: boolean;
}

const pageSize = 500;
/** So many are read with each block; more of them once a minute. */
const fewNodes = 500;

/** Every active node of the registry. */
export function useNodes(network: Network, address: `0x${string}`) {
  return useQuery({
    queryKey: ["staked-nodes", network.chainId, network.rpcUrl, address],
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data && state.data.nodes.length > fewNodes ? 60_000 : 3_000),
    queryFn: async (): Promise<NodesAnswer> => {
      const chain = publicClientOf(network.rpcUrl);
      const nexus = { abi: nodeNexusAbi, address } as const;
      const [regions, priceWeiPerGiB, paused] = await Promise.all([
        chain.readContract({ ...nexus, functionName: "regionTotals" }),
        chain.readContract({ ...nexus, functionName: "relayPricePerGiB" }),
        chain.readContract({ ...nexus, functionName: "paused" }),
      ]);
      const pages = regions.flatMap(({ region, nodes }) =>
        nodes.flatMap((count, type) =>
          Array.from({ length: Math.ceil(Number(count) / pageSize) }, (_, page) =>
            chain.readContract({
              ...nexus,
              functionName: "nodesPage",
              args: [region, type, BigInt(page * pageSize), BigInt(pageSize)],
            }),
          ),
        ),
      );
      const found = (await Promise.all(pages)).flatMap(([page]) => page);
      const details = await Promise.all(
        found.map(({ peerID }) => chain.readContract({ ...nexus, functionName: "nodeDetails", args: [peerID] })),
      );
      // One that has left meanwhile is all zero.
      const nodes = details.filter(({ node }) => node.active).map(toStakedNode);
      return { nodes, priceWeiPerGiB, paused };
    },
  });
}

function toStakedNode({ node, score, pool, unbondingPeriod }: NodeDetails): StakedNode {
  return { ...toRegistration(node), score, pool, unbondingMs: Number(unbondingPeriod) * 1_000 };
}
