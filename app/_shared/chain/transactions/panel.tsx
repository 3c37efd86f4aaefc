"use client";

import { formatDuration, shortHex } from "../../node/format";
import { useNow } from "../../node/use-now";
import { i18n } from "../../text/i18n";
import { Badge, type Tone } from "../../ui/badge";
import { Button } from "../../ui/button";
import { CopyText } from "../../ui/copy-text";
import { Dialog } from "../../ui/dialog";
import type { Network } from "../network";
import { dismissTransactions, type SentTransaction, type TransactionState } from "./list";

const names: Record<SentTransaction["functionName"], string> = {
  register: /*i18n*/ "Register node",
  update: /*i18n*/ "Change the offer",
  topUp: /*i18n*/ "Add to the node's stake",
  deregister: /*i18n*/ "Deregister node",
  withdraw: /*i18n*/ "Withdraw the node's stake",
  claim: /*i18n*/ "Claim commission",
  setCommission: /*i18n*/ "Change the commission",
  executeCommission: /*i18n*/ "Begin the commission announced",
  stake: /*i18n*/ "Stake on a node",
  unstake: /*i18n*/ "Unstake",
  rebond: /*i18n*/ "Stake again",
  withdrawUnstaked: /*i18n*/ "Withdraw what was unstaked",
  redeemMany: /*i18n*/ "Redeem vouchers",
};

const states: Record<TransactionState, { tone: Tone; word: string; sentence: string | null }> = {
  waiting: { tone: "accent", word: /*i18n*/ "Waiting", sentence: null },
  done: { tone: "ok", word: /*i18n*/ "Done", sentence: null },
  reverted: {
    tone: "bad",
    word: /*i18n*/ "Refused",
    sentence: /*i18n*/ "It was mined, but the contract refused it. Only gas was spent.",
  },
  cancelled: {
    tone: "warn",
    word: /*i18n*/ "Cancelled",
    sentence: /*i18n*/ "It was cancelled in the wallet. Nothing was changed.",
  },
  replaced: {
    tone: "warn",
    word: /*i18n*/ "Replaced",
    sentence: /*i18n*/ "The wallet sent another transaction in its place. Nothing of this one happened.",
  },
};

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
        <span className="font-medium">{i18n._(names[functionName])}</span>
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
