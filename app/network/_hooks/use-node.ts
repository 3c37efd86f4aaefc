"use client";

import { useQuery } from "@tanstack/react-query";
import { zeroAddress } from "viem";
import type { Registration } from "../../../node/core/schema.ts";
import { nodeNexusAbi, toRegistration } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";

export interface NodeOfContract {
  readonly registration: Registration;
  readonly score: number;
  /** When its stake can be withdrawn; null where the node is not leaving. */
  readonly availableAtMs: number | null;
  /** Of a backbone. */
  readonly endpoint: string | null;
}

/** What the contract says of one node; null where it knows none. */
export function useNode(rpcUrl: string, address: `0x${string}`, peerId: `0x${string}`) {
  return useQuery({
    queryKey: ["node", rpcUrl, address, peerId],
    refetchInterval: 750,
    queryFn: async (): Promise<NodeOfContract | null> => {
      const details = await publicClientOf(rpcUrl).readContract({
        abi: nodeNexusAbi,
        address,
        functionName: "nodeDetails",
        args: [peerId],
      });
      if (details.node.operator === zeroAddress) return null;
      return {
        registration: toRegistration(details.node),
        score: details.score,
        availableAtMs: details.availableAt === 0n ? null : Number(details.availableAt) * 1_000,
        endpoint: details.endpoint || null,
      };
    },
  });
}
