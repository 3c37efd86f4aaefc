"use client";

import { useEffect, useRef } from "react";
import { ExplainedError } from "../../_shared/chain/explained-error";
import { chainName, type Network } from "../../_shared/chain/network";
import { phaseText, type useSend } from "../../_shared/chain/send";
import { formatDuration, formatNumber, formatShm, nodeTypeName, regionName, shortHex } from "../../_shared/node/format";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import type { Prepared } from "../_hooks/use-registration";
import type { Terms } from "../_hooks/use-terms";

interface ReviewProps {
  network: Network;
  terms: Terms;
  prepared: Prepared;
  send: ReturnType<typeof useSend>;
  onBack: () => void;
}

/** What will be signed, in words and figures, before the wallet opens. */
export function Review({ network, terms, prepared, send, onBack }: ReviewProps) {
  const { offer, stakeWei, gasCostWei, balanceWei } = prepared;
  const totalWei = stakeWei + gasCostWei;
  const tooPoor = balanceWei < totalWei;
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => start.current?.focus(), []);
  return (
    <div ref={start} tabIndex={-1} className="max-w-2xl outline-none">
      <Card title="Review" lead="The contract was asked and would accept this registration.">
        <Facts>
          <Fact name="Peer ID">
            <CopyText text={prepared.peerId} shown={shortHex(prepared.peerId)} what="peer ID" />
          </Fact>
          <Fact name="Operator">
            <CopyText text={prepared.operator} shown={shortHex(prepared.operator)} what="operator" />
          </Fact>
          <Fact name="Network">
            {chainName(network)} ({network.chainId})
          </Fact>
          <Fact name="Node type">{nodeTypeName(offer.nodeType)}</Fact>
          <Fact name="Region">{regionName(offer.region)}</Fact>
          <Fact name="Bandwidth">{formatNumber(offer.bandwidthMbps)} Mbit/s</Fact>
          <Fact name="Stake">{formatShm(stakeWei)}</Fact>
          <Fact name="Gas, at most about">{formatShm(gasCostWei, 6)}</Fact>
          <Fact name="Total">
            <strong>{formatShm(totalWei, 6)}</strong>
          </Fact>
        </Facts>
        {stakeWei > 0n && (
          <p className="mt-3 text-muted text-sm">
            The stake stays yours: you can withdraw it {formatDuration(terms.unbondingMs)} after you deregister the
            node.
          </p>
        )}
        <div className="mt-4 space-y-3">
          {tooPoor && (
            <Alert tone="bad" title="This account does not hold enough SHM for stake and gas.">
              It holds {formatShm(balanceWei, 6)}. Send it {formatShm(totalWei - balanceWei, 6)} more, or lower the
              stake.
            </Alert>
          )}
          <ExplainedError error={send.error} />
          <div className="flex flex-wrap items-center gap-2">
            <Button look="primary" busy={send.isPending} disabled={tooPoor} onClick={() => send.mutate(prepared.call)}>
              Sign and register
            </Button>
            <Button disabled={send.isPending} onClick={onBack}>
              Back
            </Button>
            <p aria-live="polite" className="text-muted text-sm">
              {send.phase && phaseText[send.phase]}
            </p>
          </div>
        </div>
      </Card>
    </div>
  );
}
