"use client";

import { useQuery } from "@tanstack/react-query";
import type { NodeType } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import { decodeRegion, nodeNexusAbi, nodeTypeNumber } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";

/** What governance asks of operators and promises them, read from the contract. */
export interface Terms {
  minimumStakeWei: Record<Exclude<NodeType, "backbone_auth">, bigint>;
  unbondingMs: number;
  /** Regions that take new nodes. */
  regions: string[];
  paused: boolean;
  /** What users pay for a relayed GiB. */
  priceWeiPerGiB: bigint;
}

export function useTerms(network: Network, address: `0x${string}`) {
  return useQuery({
    queryKey: ["terms", network.chainId, network.rpcUrl, address],
    refetchInterval: ({ state }) => (state.error ? 2_000 : 3_000),
    queryFn: async (): Promise<Terms> => {
      const chain = publicClientOf(network.rpcUrl);
      const nexus = { abi: nodeNexusAbi, address } as const;
      const minimum = (type: NodeType) =>
        chain.readContract({ ...nexus, functionName: "minimumStake", args: [nodeTypeNumber(type)] });
      const [forPrivate, forPublic, unbonding, regions, paused, priceWeiPerGiB] = await Promise.all([
        minimum("light_private"),
        minimum("light_public"),
        chain.readContract({ ...nexus, functionName: "unbondingPeriod" }),
        chain.readContract({ ...nexus, functionName: "regions" }),
        chain.readContract({ ...nexus, functionName: "paused" }),
        chain.readContract({ ...nexus, functionName: "relayPricePerGiB" }),
      ]);
      return {
        minimumStakeWei: { light_private: forPrivate, light_public: forPublic },
        unbondingMs: Number(unbonding) * 1_000,
        regions: regions.map(decodeRegion),
        paused,
        priceWeiPerGiB,
      };
    },
  });
}
