"use client";

import { useState } from "react";
import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import { useSend } from "../../_shared/chain/send";
import { SendButton } from "../../_shared/chain/send-button";
import { formatDuration, formatShm } from "../../_shared/node/format";
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
  return (
    <Card title="Leave">
      <div className="space-y-3">
        <p className="text-[0.93rem] text-muted">
          Others stop finding the node at once. Its stake of {formatShm(registration.stakeWei)} can be withdrawn
          {unbondingMs === null ? " after the unbonding period" : ` ${formatDuration(unbondingMs)} later`}.
        </p>
        {asked ? (
          <div className="flex flex-wrap items-start gap-2">
            <SendButton
              label="Deregister now"
              look="danger"
              send={send}
              call={() => ({ functionName: "deregister", args: [registration.peerId] })}
            />
            <Button disabled={send.isPending} onClick={() => setAsked(false)}>
              Stay
            </Button>
          </div>
        ) : (
          <Button look="danger" disabled={!isOperator} onClick={() => setAsked(true)}>
            Deregister
          </Button>
        )}
      </div>
    </Card>
  );
}
