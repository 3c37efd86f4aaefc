"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { readBlockTimes } from "../../_shared/chain/block-times";
import type { Network } from "../../_shared/chain/network";
import { publicClientOf } from "../../_shared/chain/public-client";
import { type HistoryLog, useHistory } from "../../_shared/chain/use-history";
import type { Payment } from "./days";

type Rewarded = Extract<HistoryLog, { eventName: "Rewarded" }>;

/** What a node was paid on chain, as far back as events are read. */
export function usePayments(network: Network, nexusAddress: `0x${string}`, peerId: string) {
  const history = useHistory(network, nexusAddress);
  const mine = useMemo(
    () =>
      history.data?.logs.filter(
        (log): log is Rewarded => log.eventName === "Rewarded" && log.args.peerID.toLowerCase() === peerId,
      ),
    [history.data, peerId],
  );
  const payments = useQuery({
    queryKey: ["payments", network.rpcUrl, peerId, mine?.length, String(mine?.at(-1)?.blockNumber)],
    enabled: mine !== undefined,
    refetchInterval: ({ state }) => (state.error ? 5_000 : false),
    placeholderData: (before: Payment[] | undefined) => before,
    queryFn: async (): Promise<Payment[]> => {
      const numbers = (mine ?? []).map(({ blockNumber }) => blockNumber);
      const times = await readBlockTimes(publicClientOf(network.rpcUrl), numbers);
      return (mine ?? []).map(({ args, blockNumber }) => ({
        atMs: times.get(blockNumber) ?? 0,
        commissionWei: args.commission,
        toStakeWei: args.toStake,
      }));
    },
  });
  return { payments: payments.data, sinceMs: history.data?.sinceMs, error: history.error ?? payments.error };
}
