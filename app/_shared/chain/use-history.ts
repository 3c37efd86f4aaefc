"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getAbiItem } from "viem";
import { deployments } from "../../../contracts/generated/deployments.ts";
import { type Scan, scanLogs } from "../../../node/core/chain/scan-logs.ts";
import type { Network } from "./network.ts";
import { nodeNexusAbi } from "./nexus.ts";
import { publicClientOf } from "./public-client.ts";

/** What moves stake, pays rewards, or tells how a node stands. */
const historyEvents = [
  getAbiItem({ abi: nodeNexusAbi, name: "NodeRegistered" }),
  getAbiItem({ abi: nodeNexusAbi, name: "StakeAdded" }),
  getAbiItem({ abi: nodeNexusAbi, name: "StakeWithdrawn" }),
  getAbiItem({ abi: nodeNexusAbi, name: "Staked" }),
  getAbiItem({ abi: nodeNexusAbi, name: "Unstaked" }),
  getAbiItem({ abi: nodeNexusAbi, name: "Rebonded" }),
  getAbiItem({ abi: nodeNexusAbi, name: "UnstakedWithdrawn" }),
  getAbiItem({ abi: nodeNexusAbi, name: "Rewarded" }),
  getAbiItem({ abi: nodeNexusAbi, name: "EarningsClaimed" }),
  getAbiItem({ abi: nodeNexusAbi, name: "CommissionSet" }),
  getAbiItem({ abi: nodeNexusAbi, name: "NodeSlashed" }),
  getAbiItem({ abi: nodeNexusAbi, name: "ScoresApplied" }),
] as const;

export type History = Scan<typeof historyEvents>;
export type HistoryLog = History["logs"][number];

/** About a week of a chain with a block each two seconds. */
const maxRequests = 30;

/** What happened in the registry, as far back as an endpoint can be asked in a few seconds; kept up to date. */
export function useHistory(network: Network, address: `0x${string}`) {
  const queryClient = useQueryClient();
  const queryKey = ["history", network.chainId, network.rpcUrl, address];
  return useQuery({
    queryKey,
    refetchInterval: ({ state }) => (state.error ? 5_000 : 3_000),
    structuralSharing: false,
    queryFn: () => readHistory(network, address, { maxRequests, before: queryClient.getQueryData<History>(queryKey) }),
  });
}

type Reading = Partial<Pick<Parameters<typeof scanLogs>[0], "maxRequests" | "signal" | "onProgress">> & {
  before?: History;
};

/** What happened in the registry, from the deployment on unless its requests are limited. */
export function readHistory(network: Network, address: `0x${string}`, reading: Reading): Promise<History> {
  return scanLogs({
    maxRequests: Number.POSITIVE_INFINITY,
    ...reading,
    chain: publicClientOf(network.rpcUrl),
    address,
    events: historyEvents,
    firstBlock: firstBlockOf(network.chainId),
  });
}

/** The block of the deployment; the first one where it is not known. */
export function firstBlockOf(chainId: number): bigint {
  return BigInt(deployments[chainId]?.blockNumber ?? 0);
}
