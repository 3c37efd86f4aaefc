"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { formatShm, shortHex } from "../node/format";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { CopyText } from "../ui/copy-text";
import { Fact, Facts } from "../ui/facts";
import { ExplainedError } from "./explained-error";
import { chainName, type Network } from "./network";
import { phaseText, type useSend } from "./use-send";
import type { Prepared } from "./wallet/prepare";

interface ReviewCardProps {
  /** What is reviewed: "this registration". */
  what: string;
  network: Network;
  prepared: Prepared;
  send: ReturnType<typeof useSend>;
  /** What the account is here: "Operator". */
  signer: string;
  /** What the calls pay out, where they do. */
  paysWei?: bigint;
  signLabel: string;
  onBack: () => void;
  onDone?: () => void;
  /** Further facts. */
  children?: ReactNode;
  /** What follows from signing. */
  note?: ReactNode;
}

/** What will be signed, in words and figures, before the wallet opens. */
export function ReviewCard(props: ReviewCardProps) {
  const { what, network, prepared, send, signer, paysWei, signLabel, onBack, onDone, children, note } = props;
  const { calls, valueWei, gasCostWei, balanceWei, account } = prepared;
  const totalWei = valueWei + gasCostWei;
  const tooPoor = balanceWei < totalWei;
  const figures = { balance: formatShm(balanceWei, 6), missing: formatShm(totalWei - balanceWei, 6) };
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => start.current?.focus(), []);
  return (
    <div ref={start} tabIndex={-1} className="max-w-2xl outline-none">
      <Card title={i18n._("Review")} lead={i18n._("The contract was asked and would accept {what}.", { what })}>
        <Facts>
          <Fact name={signer}>
            <CopyText text={account} shown={shortHex(account)} what={i18n._("address")} />
          </Fact>
          <Fact name={i18n._("Network")}>
            {chainName(network)} ({network.chainId})
          </Fact>
          {children}
          {calls.length > 1 && (
            <Fact name={i18n._("Transactions")}>{i18n._("{count}, one after the other", { count: calls.length })}</Fact>
          )}
          <Fact name={i18n._("Gas, at most about")}>{formatShm(gasCostWei, 6)}</Fact>
          <Fact name={paysWei === undefined ? i18n._("Total") : i18n._("Left after gas")}>
            <strong>{paysWei === undefined ? formatShm(totalWei, 6) : net(paysWei - gasCostWei)}</strong>
          </Fact>
        </Facts>
        {note && <p className="mt-3 text-muted text-sm">{note}</p>}
        <div className="mt-4 space-y-3">
          {tooPoor && (
            <Alert
              tone="bad"
              title={
                valueWei > 0n
                  ? i18n._("This account does not hold enough SHM for stake and gas.")
                  : i18n._("This account does not hold enough SHM for gas.")
              }
            >
              {valueWei > 0n
                ? i18n._("It holds {balance}. Send it {missing} more, or lower the stake.", figures)
                : i18n._("It holds {balance}. Send it {missing} more.", figures)}
            </Alert>
          )}
          <ExplainedError error={send.error} />
          <div className="flex flex-wrap items-center gap-2">
            <Button
              look="primary"
              busy={send.isPending}
              disabled={tooPoor}
              onClick={() => send.mutate(calls, { onSuccess: onDone })}
            >
              {signLabel}
            </Button>
            <Button disabled={send.isPending} onClick={onBack}>
              {i18n._("Back")}
            </Button>
            <p aria-live="polite" className="text-muted text-sm">
              {send.phase && phaseText(send.phase)}
            </p>
          </div>
        </div>
      </Card>
    </div>
  );
}

function net(wei: bigint): string {
  return wei < 0n ? `−${formatShm(-wei, 6)}` : formatShm(wei, 6);
}
