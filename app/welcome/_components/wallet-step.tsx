"use client";

import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { later } from "../../_shared/ui/later";
import { Skeleton } from "../../_shared/ui/skeleton";
import type { StepProps } from "./step-props";

const OperatorConnection = later(() => import("./operator-connection").then((module) => module.OperatorConnection), {
  loading: () => <Skeleton lines={2} />,
});

/** Why a wallet, and which; nothing is signed here. */
export function WalletStep({ status, busy, goTo }: StepProps) {
  return (
    <Card title={i18n._("Wallet")} lead={i18n._("It registers the node, holds its stake and receives what it earns.")}>
      <div className="space-y-4">
        <p className="text-[0.93rem]">
          {i18n._(
            "The node has keys of its own and never sees those of your wallet: who breaks into this machine cannot take the stake. Connecting shows this page your address; whatever costs something, your wallet asks you first.",
          )}
        </p>
        <OperatorConnection network={status.chain} />
        <div className="flex flex-wrap items-center gap-3">
          <Button look="primary" busy={busy} onClick={() => goTo("network")}>
            {i18n._("Continue")}
          </Button>
          <p className="text-muted text-sm">{i18n._("You need one to register; it can be connected later as well.")}</p>
        </div>
      </div>
    </Card>
  );
}
