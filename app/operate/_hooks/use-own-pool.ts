"use client";

import { useQuery } from "@tanstack/react-query";
import type { Network } from "../../_shared/chain/network";
import { nodeNexusAbi } from "../../_shared/chain/nexus";
import { withoutDust, worthOf } from "../../_shared/chain/pool-math";
import { publicClientOf } from "../../_shared/chain/public-client";
import type { Commission } from "./commission";

/** The pool of stakes on the operator's own node. */
export interface OwnPool {
  commission: Commission;
  /** What of the stake would be paid out to the operator. */
  operatorWei: bigint;
}

export function useOwnPool(network: Network, address: `0x${string}`, peerId: `0x${string}`) {
  return useQuery({
    queryKey: ["own-pool", network.chainId, network.rpcUrl, address, peerId],
    refetchInterval: ({ state }) => (state.error ? 2_000 : 3_000),
    queryFn: async (): Promise<OwnPool> => {
      const call = { abi: nodeNexusAbi, address, functionName: "poolOf", args: [peerId] } as const;
      const pool = await publicClientOf(network.rpcUrl).readContract(call);
      const { commissionBps: bps, nextCommissionBps, nextCommissionAt, shares, operatorShares } = pool;
      const next = nextCommissionAt === 0n ? null : { bps: nextCommissionBps, atMs: Number(nextCommissionAt) * 1_000 };
      return {
        commission: { bps, next, hasStakers: shares !== operatorShares },
        operatorWei: withoutDust(worthOf(pool, operatorShares)),
      };
    },
  });
}
