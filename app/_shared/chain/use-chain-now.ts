"use client";

import { useQuery } from "@tanstack/react-query";
import { useNow } from "../node/use-now";
import type { Network } from "./network";
import { publicClientOf } from "./public-client";

/** The time by which the contracts go, in milliseconds, renewed each second: the chain's clock decides, not this machine's. */
export function useChainNow(network: Network): number | null {
  const now = useNow();
  const { data: aheadMs } = useQuery({
    queryKey: ["chain-clock", network.rpcUrl],
    refetchInterval: 5_000,
    queryFn: async () => {
      const block = await publicClientOf(network.rpcUrl).getBlock();
      return Math.max(0, Number(block.timestamp) * 1_000 - Date.now());
    },
  });
  return now === null || aheadMs === undefined ? null : now + aheadMs;
}
