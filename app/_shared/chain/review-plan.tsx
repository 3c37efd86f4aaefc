"use client";

import { i18n } from "../text/i18n";
import { Fact } from "../ui/facts";
import type { Network } from "./network";
import type { Plan } from "./plan";
import { ReviewCard } from "./review-card";
import type { useSend } from "./use-send";
import type { Prepared } from "./wallet/prepare";

interface ReviewPlanProps {
  network: Network;
  plan: Plan;
  prepared: Prepared;
  send: ReturnType<typeof useSend>;
  onBack: () => void;
  onDone: () => void;
}

export function ReviewPlan({ plan, ...props }: ReviewPlanProps) {
  const { what, signLabel, paysWei, facts, note } = plan;
  return (
    <ReviewCard {...props} what={what} signLabel={signLabel} paysWei={paysWei} note={note} signer={i18n._("Account")}>
      {facts.map(({ name, value }) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </ReviewCard>
  );
}
