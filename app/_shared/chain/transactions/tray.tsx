"use client";

import { ArrowLeftRight } from "lucide-react";
import { useState } from "react";
import { createPortal } from "react-dom";
import { useNetwork } from "../../node/queries";
import { i18n } from "../../text/i18n";
import { buttonClass } from "../../ui/button";
import { cx } from "../../ui/cx";
import { later } from "../../ui/later";
import { useTransactions } from "./list";

const Follower = later(() => import("./follower").then((module) => module.TransactionsFollower), {
  failed: () => null,
});
const Panel = later(() => import("./panel").then((module) => module.TransactionsPanel));

/** The header's button for what was signed from this browser; it is there while there is something to tell. */
export function TransactionsTray() {
  const network = useNetwork().data;
  const transactions = useTransactions(network?.chainId);
  const [open, setOpen] = useState(false);
  const [told, setTold] = useState("");
  if (!network || transactions.length === 0) return null;
  const waiting = transactions.filter(({ state }) => state === "waiting").length;
  const refused = transactions.filter(({ state }) => state === "reverted").length;
  return (
    <>
      {waiting > 0 && <Follower network={network} tell={setTold} />}
      {/* Not in the header: a dialog hides what is behind it, but nothing that has such a region inside. */}
      {createPortal(
        <p aria-live="polite" className="sr-only">
          {told}
        </p>,
        document.body,
      )}
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={
          refused > 0
            ? i18n._("Transactions, {waiting} waiting, {refused} refused", { waiting, refused })
            : i18n._("Transactions, {waiting} waiting", { waiting })
        }
        onClick={() => setOpen(true)}
        className={buttonClass("ghost", cx("gap-1 px-2", refused > 0 ? "text-bad" : waiting > 0 && "text-accent"))}
      >
        <ArrowLeftRight aria-hidden className={cx("size-4", waiting > 0 && "animate-pulse")} />
        {waiting > 0 && <span className="text-sm tabular-nums">{waiting}</span>}
      </button>
      {open && <Panel network={network} transactions={transactions} onClose={() => setOpen(false)} />}
    </>
  );
}
