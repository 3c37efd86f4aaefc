"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { i18n } from "../../text/i18n";
import type { Network } from "../network";
import { publicClientOf } from "../public-client";
import { lookAt } from "./follow";
import { changeTransaction, transactionsOf } from "./list";
import { states, transactionName } from "./words";

interface FollowerProps {
  network: Network;
  /** What became of one, for those who do not see it. */
  tell: (sentence: string) => void;
}

/** Looks after what waits, one look after the other; draws nothing. */
export function TransactionsFollower({ network, tell }: FollowerProps) {
  const { chainId, rpcUrl, development } = network;
  const queryClient = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    // A sentence that stands there already would not be read out again.
    tell("");
    const look = async () => {
      for (const sent of transactionsOf(chainId).filter(({ state }) => state === "waiting")) {
        // A chain that does not answer is told elsewhere: the next look finds it again.
        const news = await lookAt(publicClientOf(rpcUrl), sent).catch(() => null);
        if (over) return;
        // Over only once the pages have read anew what it changed: until then they would offer it a second time.
        if (news?.state) await queryClient.invalidateQueries();
        if (news) changeTransaction(chainId, sent.id, news);
        if (news?.state) tell(`${transactionName(sent.functionName)}: ${i18n._(states[news.state].word)}`);
      }
      if (!over) timer = setTimeout(look, development ? 500 : 4_000);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [chainId, rpcUrl, development, queryClient, tell]);
  return null;
}
