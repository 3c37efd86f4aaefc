"use client";

import { type ComponentProps, useRef } from "react";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Plan } from "../../_shared/chain/plan";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { Button } from "../../_shared/ui/button";

interface ReviewButtonProps {
  label: string;
  look?: ComponentProps<typeof Button>["look"];
  disabled?: boolean;
  open: OpenPlan;
  plan: () => Plan;
}

/** Has a plan tried on the chain and reviewed; what the contract would refuse it for is said under the button. */
export function ReviewButton({ label, look = "primary", disabled = false, open, plan }: ReviewButtonProps) {
  const own = useRef<Plan>(null);
  const asked = open.asked !== undefined && open.asked === own.current;
  return (
    <div className="space-y-3">
      <Button
        look={look}
        disabled={disabled || open.busy}
        busy={asked && open.busy}
        onClick={() => {
          own.current = plan();
          open.review(own.current);
        }}
      >
        {label}
      </Button>
      {asked && <ExplainedError error={open.error} />}
    </div>
  );
}
