"use client";

import { useQuery } from "@tanstack/react-query";
import type { Network } from "../../_shared/chain/network";
import { nodeNexusAbi } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import type { Commission } from "./commission";

export function useCommission(network: Network, address: `0x${string}`, peerId: `0x${string}`) {
  return useQuery({
    queryKey: ["commission", network.chainId, network.rpcUrl, address, peerId],
    refetchInterval: ({ state }) => (state.error ? 2_000 : 10_000),
    queryFn: async (): Promise<Commission> => {
      const call = { abi: nodeNexusAbi, address, functionName: "poolOf", args: [peerId] } as const;
      const pool = await publicClientOf(network.rpcUrl).readContract(call);
      const { commissionBps: bps, nextCommissionBps, nextCommissionAt, shares, operatorShares } = pool;
      return {
        bps,
        next: nextCommissionAt === 0n ? null : { bps: nextCommissionBps, atMs: Number(nextCommissionAt) * 1_000 },
        hasStakers: shares !== operatorShares,
      };
    },
  });
}
