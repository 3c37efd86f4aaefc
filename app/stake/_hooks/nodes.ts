"use client";

import { useQuery } from "@tanstack/react-query";
import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network.ts";
import { nodeNexusAbi, toRegistration } from "../../_shared/chain/nexus.ts";
import { publicClientOf } from "../../_shared/chain/public-client.ts";
import { batched, type NodeDetails, type NodeShape } from "../../_shared/chain/registry/read.ts";
import { useNodeList } from "../../_shared/chain/registry/use-node-list.ts";

/** A node that takes stake, with all that the contract says of it. */
export interface StakedNode extends Registration {
  score: number;
  pool: NodeDetails["pool"];
  /** How long who unstakes from it waits. */
  unbondingMs: number;
}

const withPool: NodeShape<StakedNode> = {
  async ofPage({ chain, at }, page) {
    const details = await chain.multicall({
      ...batched,
      blockNumber: at.blockNumber,
      contracts: page.map(({ peerID }) => ({ ...at, functionName: "nodeDetails", args: [peerID] }) as const),
    });
    return details.map(withPool.ofDetails);
  },
  ofDetails: ({ node, score, pool, unbondingPeriod }) => ({
    ...toRegistration(node),
    score,
    pool,
    unbondingMs: Number(unbondingPeriod) * 1_000,
  }),
};

/** Every active node of the registry. */
export function useNodes({ rpcUrl }: Network, address: `0x${string}`) {
  return useNodeList("with-pool", rpcUrl, address, withPool);
}

/** What holds for every node alike. */
interface Terms {
  /** What users pay for a relayed GiB. */
  priceWeiPerGiB: bigint;
  /** Entries are stopped: nothing can be staked. */
  paused: boolean;
}

export function useTerms({ rpcUrl }: Network, address: `0x${string}`) {
  return useQuery({
    queryKey: ["stake-terms", rpcUrl, address],
    refetchInterval: 3_000,
    queryFn: async (): Promise<Terms> => {
      const chain = publicClientOf(rpcUrl);
      const nexus = { abi: nodeNexusAbi, address } as const;
      const [priceWeiPerGiB, paused] = await Promise.all([
        chain.readContract({ ...nexus, functionName: "relayPricePerGiB" }),
        chain.readContract({ ...nexus, functionName: "paused" }),
      ]);
      return { priceWeiPerGiB, paused };
    },
  });
}
