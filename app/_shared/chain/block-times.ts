"use client";

import { useQuery } from "@tanstack/react-query";
import type { PublicClient } from "viem";
import type { Network } from "./network.ts";
import { publicClientOf } from "./public-client.ts";

/** When blocks were made, in milliseconds, by their numbers. */
export type BlockTimes = ReadonlyMap<bigint, number>;

export async function readBlockTimes(chain: PublicClient, numbers: Iterable<bigint>): Promise<BlockTimes> {
  const blocks = await Promise.all([...new Set(numbers)].map((blockNumber) => chain.getBlock({ blockNumber })));
  return new Map(blocks.map(({ number, timestamp }) => [number, Number(timestamp) * 1_000]));
}

const none: BlockTimes = new Map();

/** The times of the blocks that a page names; of those that it names anew, once they have been read. */
export function useBlockTimes({ chainId, rpcUrl }: Network, numbers: readonly bigint[]): BlockTimes {
  const wanted = [...new Set(numbers)].sort((a, b) => (a < b ? -1 : 1));
  const { data } = useQuery({
    queryKey: ["block-times", chainId, rpcUrl, wanted.join()],
    enabled: wanted.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.error ? 5_000 : false),
    structuralSharing: false,
    placeholderData: (before: BlockTimes | undefined) => before,
    queryFn: () => readBlockTimes(publicClientOf(rpcUrl), wanted),
  });
  return data ?? none;
}
