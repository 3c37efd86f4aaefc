"use client";

import { useState } from "react";
import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import { useSend } from "../../_shared/chain/send";
import { SendButton } from "../../_shared/chain/send-button";
import { formatDuration, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { useIsOperator } from "./operator-wallet";

interface DeregisterProps {
  network: Network;
  registration: Registration;
  unbondingMs: number | null;
}

/** The way out, with its consequences read before the second press. */
export function Deregister({ network, registration, unbondingMs }: DeregisterProps) {
  const [asked, setAsked] = useState(false);
  const send = useSend(network);
  const isOperator = useIsOperator(registration.operator);
  const stake = formatShm(registration.stakeWei);
  return (
    <Card title={i18n._("Leave")}>
      <div className="space-y-3">
        <p className="text-[0.93rem] text-muted">
          {unbondingMs === null
            ? i18n._(
                "Others stop finding the node at once. Its stake of {stake} can be withdrawn after the unbonding period.",
                { stake },
              )
            : i18n._("Others stop finding the node at once. Its stake of {stake} can be withdrawn {time} later.", {
                stake,
                time: formatDuration(unbondingMs),
              })}
        </p>
        {asked ? (
          <div className="flex flex-wrap items-start gap-2">
            <SendButton
              label={i18n._("Deregister now")}
              look="danger"
              send={send}
              call={() => ({ functionName: "deregister", args: [registration.peerId] })}
            />
            <Button disabled={send.isPending} onClick={() => setAsked(false)}>
              {i18n._("Stay")}
            </Button>
          </div>
        ) : (
          <Button look="danger" disabled={!isOperator} onClick={() => setAsked(true)}>
            {i18n._("Deregister")}
          </Button>
        )}
      </div>
    </Card>
  );
}
