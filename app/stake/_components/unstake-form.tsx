"use client";

import { useState } from "react";
import { parseShm, shmText } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatShm, shortHex } from "../../_shared/node/format";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import type { StakedNode } from "../_hooks/nodes";
import { unstakePlan } from "../_hooks/plans";
import { withoutDust } from "../_hooks/pool-math";
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
    <Card title={`Unstake from ${shortHex(position.peerId)}`} className="max-w-2xl">
      <div className="space-y-4">
        <AmountField
          label="Amount"
          value={text}
          hint={`You have ${formatShm(withoutDust(position.stake), 6)} staked on it.`}
          error={
            text !== "" && !wei
              ? "Enter an amount such as 100 or 0.5."
              : tooMuch
                ? `Enter at most ${formatShm(position.stake, 6)}.`
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
            Review
          </Button>
          <Button disabled={plan.busy} onClick={() => change(shmText(position.stake))}>
            All of it
          </Button>
          <Button disabled={plan.busy} onClick={onBack}>
            Back
          </Button>
        </div>
      </div>
    </Card>
  );
}
