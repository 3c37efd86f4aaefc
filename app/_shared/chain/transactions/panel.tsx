"use client";

import { formatDuration, shortHex } from "../../node/format";
import { useNow } from "../../node/use-now";
import { i18n } from "../../text/i18n";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { CopyText } from "../../ui/copy-text";
import { Dialog } from "../../ui/dialog";
import type { Network } from "../network";
import { dismissTransactions, type SentTransaction } from "./list";
import { states, transactionName } from "./words";

/** After this long without a receipt, the wallet is the place to look. */
const patienceMs = 90_000;

interface PanelProps {
  network: Network;
  transactions: readonly SentTransaction[];
  onClose: () => void;
}

/** What was signed, how long ago, and what became of it. */
export function TransactionsPanel({ network, transactions, onClose }: PanelProps) {
  const over = transactions.filter(({ state }) => state !== "waiting").map(({ id }) => id);
  const dismiss = (ids: readonly SentTransaction["id"][]) => {
    if (ids.length === transactions.length) onClose();
    dismissTransactions(network.chainId, ids);
  };
  return (
    <Dialog title={i18n._("Transactions")} onClose={onClose}>
      <ul aria-label={i18n._("Transactions")} aria-live="polite" className="divide-y divide-line">
        {transactions.map((transaction) => (
          <Entry key={transaction.id} transaction={transaction} onDismiss={() => dismiss([transaction.id])} />
        ))}
      </ul>
      {over.length > 1 && (
        <Button className="mt-3" onClick={() => dismiss(over)}>
          {i18n._("Dismiss all that are over")}
        </Button>
      )}
    </Dialog>
  );
}

function Entry({ transaction, onDismiss }: { transaction: SentTransaction; onDismiss: () => void }) {
  const { functionName, hash, id, sentAtMs, state, reason } = transaction;
  const { tone, word, sentence } = states[state];
  const now = useNow();
  const ageMs = now === null ? 0 : Math.max(0, now - sentAtMs);
  return (
    <li className="space-y-1 py-3 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{transactionName(functionName)}</span>
        <Badge tone={tone}>{i18n._(word)}</Badge>
        <time
          aria-live="off"
          dateTime={new Date(sentAtMs).toISOString()}
          className="ml-auto text-muted text-sm tabular-nums"
        >
          {i18n._("{age} ago", { age: formatDuration(ageMs) })}
        </time>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2 text-muted text-sm">
        <CopyText text={hash} shown={shortHex(hash)} what={i18n._("transaction hash")} />
        {state !== "waiting" && (
          <Button look="ghost" className="-my-1 text-sm" onClick={onDismiss}>
            {i18n._("Dismiss")}
          </Button>
        )}
      </div>
      {hash !== id && (state === "waiting" || state === "done") && (
        <p className="text-muted text-sm">{i18n._("Sped up in the wallet: it has another hash now.")}</p>
      )}
      {sentence && <p className="text-sm">{i18n._(sentence)}</p>}
      {reason && <p className="text-sm">{reason}</p>}
      {state === "waiting" && ageMs > patienceMs && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="text-sm">
            {i18n._("It waits longer than usual. Look in your wallet: you can speed it up or cancel it there.")}
          </p>
          <Button look="ghost" className="text-sm" onClick={onDismiss}>
            {i18n._("Stop following")}
          </Button>
        </div>
      )}
    </li>
  );
}
