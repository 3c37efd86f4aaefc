"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type DecisionScan, readDecisions } from "../../../node/core/chain/decisions.ts";
import type { Network } from "../../_shared/chain/network";
import { publicClientOf } from "../../_shared/chain/public-client";
import { firstBlockOf } from "../../_shared/chain/use-history";
import { describeCall } from "./describe-call";

/** A decision that was made public and has not taken effect. */
export interface Decision {
  id: `0x${string}`;
  /** From when on anybody whom governance lets may carry it out. */
  readyAtMs: number;
  /** What it does, call by call. */
  calls: string[];
  upgrade: boolean;
}

interface Reading {
  decisions: Decision[];
  /** What was read is not read again. */
  scan?: DecisionScan;
}

/** What governance has decided and must wait with; empty where no timelock owns the registry. */
export function useDecisions(network: Network, address: `0x${string}`) {
  const queryClient = useQueryClient();
  const queryKey = ["decisions", network.chainId, network.rpcUrl, address];
  return useQuery({
    queryKey,
    // A decision waits for days; a phone has enough to read meanwhile.
    refetchInterval: 10_000,
    structuralSharing: false,
    queryFn: async (): Promise<Reading> => {
      const chain = publicClientOf(network.rpcUrl);
      const before = queryClient.getQueryData<Reading>(queryKey)?.scan;
      const options = { nexusAddress: address, firstBlock: firstBlockOf(network.chainId), before };
      const { decisions: pending, scan } = await readDecisions(chain, options);
      const decisions = pending.map(({ id, readyAtMs, calls: waiting }) => {
        const calls = waiting.map(({ target, data }) => describeCall(target, data, network));
        return { id, readyAtMs, calls, upgrade: calls.some((call) => call.includes("upgradeToAndCall")) };
      });
      return { decisions, scan };
    },
    select: ({ decisions }) => decisions,
  });
}
