"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { NodeType, Registration } from "../../../node/core/schema.ts";
import { decodeRegion, encodeRegion, nodeNexusAbi, nodeTypeNumber, toRegistration } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";

const pageSize = 50n;

export type RegisteredNode = Registration & { score: number };

/** The regions of the contract with how many nodes of a type each has, fullest first. */
export function useRegions(rpcUrl: string, address: `0x${string}`, type: NodeType) {
  return useQuery({
    queryKey: ["regions", rpcUrl, address, type],
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    queryFn: async () => {
      const chain = publicClientOf(rpcUrl);
      const nexus = { abi: nodeNexusAbi, address } as const;
      const regions = await chain.readContract({ ...nexus, functionName: "regions" });
      const counts = await Promise.all(
        regions.map((region) =>
          chain.readContract({ ...nexus, functionName: "nodeCount", args: [region, nodeTypeNumber(type)] }),
        ),
      );
      return regions
        .map((region, index) => ({ name: decodeRegion(region), count: Number(counts[index] ?? 0n) }))
        .sort((a, b) => b.count - a.count);
    },
  });
}

/** The best nodes of one region and type. */
export function useRegistry(rpcUrl: string, address: `0x${string}`, region: string | undefined, type: NodeType) {
  return useQuery({
    queryKey: ["registry", rpcUrl, address, region, type],
    enabled: region !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 5_000,
    queryFn: async () => {
      const chain = publicClientOf(rpcUrl);
      const nexus = { abi: nodeNexusAbi, address } as const;
      const [page, total] = await chain.readContract({
        ...nexus,
        functionName: "nodesPage",
        args: [encodeRegion(region ?? ""), nodeTypeNumber(type), 0n, pageSize],
      });
      const scores = await Promise.all(
        page.map((node) => chain.readContract({ ...nexus, functionName: "scoreOf", args: [node.peerID] })),
      );
      const nodes = page.map((node, index): RegisteredNode => ({ ...toRegistration(node), score: scores[index] ?? 0 }));
      return { page: nodes, total: Number(total) };
    },
  });
}
