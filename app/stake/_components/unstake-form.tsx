"use client";

import { useState } from "react";
import { parseShm, shmText } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import { ExplainedError } from "../../_shared/chain/explained-error";
import { withoutDust } from "../../_shared/chain/pool-math";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatShm, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import type { StakedNode } from "../_hooks/nodes";
import { unstakePlan } from "../_hooks/plans";
import type { Position } from "../_hooks/positions";

interface UnstakeFormProps {
  position: Position;
  /** Undefined once the node has left. */
  node: StakedNode | undefined;
  plan: OpenPlan;
  onBack: () => void;
}

export function UnstakeForm({ position, node, plan, onBack }: UnstakeFormProps) {
  const [text, setText] = useState("");
  const wei = parseShm(text);
  const tooMuch = wei !== null && wei > position.stake;
  const change = (next: string) => {
    setText(next);
    plan.reset();
  };
  return (
    <Card title={i18n._("Unstake from {peerId}", { peerId: shortHex(position.peerId) })} className="max-w-2xl">
      <div className="space-y-4">
        <AmountField
          label={i18n._("Amount")}
          value={text}
          hint={i18n._("You have {stake} staked on it.", { stake: formatShm(withoutDust(position.stake), 6) })}
          error={
            text !== "" && !wei
              ? i18n._("Enter an amount such as 100 or 0.5.")
              : tooMuch
                ? i18n._("Enter at most {stake}.", { stake: formatShm(position.stake, 6) })
                : null
          }
          onChange={change}
        />
        <ExplainedError error={plan.error} />
        <div className="flex flex-wrap items-center gap-2">
          <Button
            look="primary"
            busy={plan.busy}
            disabled={!wei || tooMuch}
            onClick={() => wei && plan.review(unstakePlan(position, node?.unbondingMs ?? null, wei))}
          >
            {i18n._("Review")}
          </Button>
          <Button disabled={plan.busy} onClick={() => change(shmText(position.stake))}>
            {i18n._("All of it")}
          </Button>
          <Button disabled={plan.busy} onClick={onBack}>
            {i18n._("Back")}
          </Button>
        </div>
      </div>
    </Card>
  );
}
