"use client";

import { Trans } from "@lingui/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { TransactionReceiptNotFoundError } from "viem";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import type { Network } from "./network";
import { clearPending, type PendingTransaction, usePending } from "./pending-transaction";
import { publicClientOf } from "./public-client";

/** After this long without a receipt, the wallet is the place to look. */
const patienceMs = 90_000;

interface PendingReceipt {
  /** A registration that was sent and that the daemon has not seen on chain yet. */
  registering: PendingTransaction | null;
  trouble: ReactNode;
}

/** Follows the transaction that was sent last, also after a reload, until it is mined. */
export function usePendingReceipt(network: Network): PendingReceipt {
  const stored = usePending();
  const pending = stored?.chainId === network.chainId ? stored : null;
  const [reverted, setReverted] = useState<string | null>(null);
  const queryClient = useQueryClient();
  const { data: outcome } = useQuery({
    queryKey: ["receipt", pending?.hash],
    enabled: pending !== null,
    refetchInterval: 1_000,
    queryFn: async () => {
      const receipt = await publicClientOf(network.rpcUrl)
        .getTransactionReceipt({ hash: pending?.hash ?? "0x" })
        .catch((error: unknown) => {
          if (error instanceof TransactionReceiptNotFoundError) return null;
          throw error;
        });
      return receipt?.status ?? "pending";
    },
  });
  useEffect(() => {
    if (!pending || !outcome || outcome === "pending") return;
    setReverted(outcome === "reverted" ? pending.hash : null);
    // Forgotten only once the pages have read anew what it changed: until then they would offer it a second time.
    void queryClient.invalidateQueries().finally(() => clearPending(pending.hash));
  }, [outcome, pending, queryClient]);

  const slow = pending !== null && Date.now() - pending.sentAtMs > patienceMs;
  return {
    registering: pending?.functionName === "register" ? pending : null,
    trouble: reverted ? (
      <Alert tone="bad" title={i18n._("The transaction was mined, but the contract refused it.")}>
        <Trans
          id="Only gas was spent. Transaction <0>{hash}</0>"
          values={{ hash: reverted }}
          components={{ 0: <code className="break-all font-mono text-xs" /> }}
        />
      </Alert>
    ) : slow ? (
      <Alert tone="warn" title={i18n._("The transaction waits for its block longer than usual.")}>
        {i18n._("Look in your wallet whether it is still pending; you can speed it up or cancel it there.")}
      </Alert>
    ) : null,
  };
}
