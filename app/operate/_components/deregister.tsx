"use client";

import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { deregisterPlan, unbondingText } from "../_hooks/plans";
import { useOwnPool } from "../_hooks/use-own-pool";
import { useIsOperator } from "./operator-wallet";
import { ReviewButton } from "./review-button";

interface DeregisterProps {
  network: Network;
  nexusAddress: `0x${string}`;
  open: OpenPlan;
  registration: Registration;
  unbondingMs: number | null;
}

/** The way out; its consequences are reviewed before it is signed. */
export function Deregister({ network, nexusAddress, open, registration, unbondingMs }: DeregisterProps) {
  const isOperator = useIsOperator(registration.operator);
  const { data: pool } = useOwnPool(network, nexusAddress, registration.peerId);
  const later = unbondingText(unbondingMs);
  return (
    <Card title={i18n._("Leave")}>
      <div className="space-y-3">
        <p className="text-[0.93rem] text-muted">
          {pool?.commission.hasStakers
            ? i18n._(
                "Others stop finding the node at once. {own} of its stake of {stake} are yours, and can be withdrawn {later}; the rest stays that of its stakers.",
                { own: formatShm(pool.operatorWei, 6), stake: formatShm(registration.stakeWei, 6), later },
              )
            : i18n._("Others stop finding the node at once. Its stake of {stake} can be withdrawn {later}.", {
                stake: formatShm(registration.stakeWei, 6),
                later,
              })}
        </p>
        <ReviewButton
          label={i18n._("Deregister")}
          look="danger"
          disabled={!isOperator || !pool}
          open={open}
          plan={() => deregisterPlan(registration, pool?.operatorWei ?? 0n, unbondingMs)}
        />
      </div>
    </Card>
  );
}
