"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAbi } from "viem";
import type { NodeType } from "../../../node/api/schema.ts";
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
  /** Null where the contract publishes none. */
  priceWeiPerGiB: bigint | null;
}

// Kept apart from the rest: a registry deployed before this view existed still serves everything else.
const priceAbi = parseAbi(["function relayPricePerGiB() view returns (uint256)"]);

export function useTerms(network: Network, address: `0x${string}`) {
  return useQuery({
    queryKey: ["terms", network.chainId, network.rpcUrl, address],
    refetchInterval: ({ state }) => (state.error ? 2_000 : 10_000),
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
        chain.readContract({ abi: priceAbi, address, functionName: "relayPricePerGiB" }).catch(() => null),
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
