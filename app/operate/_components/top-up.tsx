"use client";

import { useState } from "react";
import type { Registration } from "../../../node/core/schema.ts";
import { parseShm } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { topUpPlan } from "../_hooks/plans";
import { useIsOperator } from "./operator-wallet";
import { ReviewButton } from "./review-button";

export function TopUp({ open, registration }: { open: OpenPlan; registration: Registration }) {
  const [text, setText] = useState("");
  const isOperator = useIsOperator(registration.operator);
  const wei = parseShm(text);
  return (
    <Card title={i18n._("Add stake")}>
      <div className="space-y-3">
        <AmountField
          label={i18n._("Amount")}
          value={text}
          hint={i18n._("Joins the stake that you withdraw after leaving.")}
          error={text !== "" && wei === null ? i18n._("Enter an amount such as 100 or 0.5.") : null}
          onChange={(next) => {
            setText(next);
            if (!open.busy) open.reset();
          }}
        />
        <ReviewButton
          label={i18n._("Add to stake")}
          look="secondary"
          disabled={!isOperator || !wei}
          open={open}
          plan={() => topUpPlan(registration, wei ?? 0n)}
        />
      </div>
    </Card>
  );
}
