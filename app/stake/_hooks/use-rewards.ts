"use client";

import { useQuery } from "@tanstack/react-query";
import { zeroAddress } from "viem";
import type { Network } from "../../_shared/chain/network.ts";
import { nodeNexusAbi } from "../../_shared/chain/nexus.ts";
import { publicClientOf } from "../../_shared/chain/public-client.ts";
import type { History } from "../../_shared/chain/use-history.ts";
import { type Movement, movementsOf } from "./movements.ts";
import type { Position } from "./positions.ts";
import { type PoolSeen, rewardsOf } from "./rewards.ts";

export interface Rewards {
  /** Every pool that the account has or had a part of. */
  pools: PoolSeen[];
  /** Oldest first, with penalties among them. */
  rewards: Movement[];
}

type Address = `0x${string}`;

/** What the nodes of an account gave it and cost it, as far back as the events were read. */
export function useRewards(
  network: Network,
  address: Address,
  account: Address | undefined,
  history: History | undefined,
  positions: readonly Position[] | undefined,
) {
  const last = history?.logs.findLast(
    ({ eventName }) => eventName !== "ScoresApplied" && eventName !== "CommissionSet",
  );
  const held = positions?.map(({ pool }) => pool).join();
  return useQuery({
    queryKey: ["rewards", network.rpcUrl, address, account, held, String(last?.blockNumber), last?.logIndex],
    enabled: account !== undefined && history !== undefined && positions !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.error ? 5_000 : false),
    structuralSharing: false,
    placeholderData: (before: Rewards | undefined, query) => (query?.queryKey[3] === account ? before : undefined),
    queryFn: async (): Promise<Rewards> => {
      if (!account || !history || !positions) throw new Error("asked before the events were read");
      return readRewards(network, address, account, history, positions);
    },
  });
}

export async function readRewards(
  network: Network,
  address: Address,
  account: Address,
  { logs, toBlock }: History,
  positions: readonly Position[],
): Promise<Rewards> {
  const chain = publicClientOf(network.rpcUrl);
  // As the last of the events left it, not as it is since.
  const nexus = { abi: nodeNexusAbi, address, blockNumber: toBlock } as const;
  const moved = movementsOf(logs, account).flatMap(({ pool }) => (pool === null ? [] : [pool]));
  const numbers = [...new Set([...positions.map(({ pool }) => pool), ...moved])];
  const pools = await Promise.all(
    numbers.map(async (pool): Promise<PoolSeen> => {
      const [staker, view] = await Promise.all([
        chain.readContract({ ...nexus, functionName: "stakerOf", args: [pool, account] }),
        chain.readContract({ ...nexus, functionName: "poolAt", args: [pool] }),
      ]);
      const { peerID, operator, stake, shares, operatorShares, unbonding } = view;
      return {
        pool,
        peerId: peerID,
        operator: operator === zeroAddress ? null : operator,
        stake,
        shares,
        operatorShares,
        unbonding,
        mine: { shares: staker.shares, unbonding: staker.unbondings.reduce((total, { amount }) => total + amount, 0n) },
      };
    }),
  );
  return { pools, rewards: rewardsOf(logs, account, pools) };
}
