"use client";

import { useQuery } from "@tanstack/react-query";
import { readDecisions } from "../../../node/core/chain/decisions.ts";
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

/** What governance has decided and must wait with; empty where no timelock owns the registry. */
export function useDecisions(network: Network, address: `0x${string}`) {
  return useQuery({
    queryKey: ["decisions", network.chainId, network.rpcUrl, address],
    refetchInterval: 10_000,
    queryFn: async (): Promise<Decision[]> => {
      const firstBlock = firstBlockOf(network.chainId);
      const { decisions } = await readDecisions(publicClientOf(network.rpcUrl), { nexusAddress: address, firstBlock });
      return decisions.map(({ id, readyAtMs, calls: waiting }) => {
        const calls = waiting.map(({ target, data }) => describeCall(target, data, network));
        return { id, readyAtMs, calls, upgrade: calls.some((call) => call.includes("upgradeToAndCall")) };
      });
    },
  });
}
