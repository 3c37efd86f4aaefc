"use client";

import type { Registration } from "../../../node/core/schema.ts";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatDuration, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { deregisterPlan } from "../_hooks/plans";
import { useIsOperator } from "./operator-wallet";
import { ReviewButton } from "./review-button";

interface DeregisterProps {
  open: OpenPlan;
  registration: Registration;
  unbondingMs: number | null;
}

/** The way out; its consequences are reviewed before it is signed. */
export function Deregister({ open, registration, unbondingMs }: DeregisterProps) {
  const isOperator = useIsOperator(registration.operator);
  const stake = formatShm(registration.stakeWei);
  return (
    <Card title={i18n._("Leave")}>
      <div className="space-y-3">
        <p className="text-[0.93rem] text-muted">
          {unbondingMs === null
            ? i18n._(
                "Others stop finding the node at once. Your part of its stake of {stake} can be withdrawn after the unbonding period.",
                { stake },
              )
            : i18n._(
                "Others stop finding the node at once. Your part of its stake of {stake} can be withdrawn {time} later.",
                {
                  stake,
                  time: formatDuration(unbondingMs),
                },
              )}
        </p>
        <ReviewButton
          label={i18n._("Deregister")}
          look="danger"
          disabled={!isOperator}
          open={open}
          plan={() => deregisterPlan(registration, unbondingMs)}
        />
      </div>
    </Card>
  );
}
