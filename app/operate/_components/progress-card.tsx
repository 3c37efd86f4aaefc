import type { NodeStatus, ProgressStep } from "../../../node/api/daemon.ts";
import type { SentTransaction } from "../../_shared/chain/transactions/list";
import { shortHex } from "../../_shared/node/format";
import { Progress } from "../../_shared/node/progress";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Card } from "../../_shared/ui/card";

interface ProgressCardProps {
  status: NodeStatus;
  registering: SentTransaction | null;
}

export function ProgressCard({ status, registering }: ProgressCardProps) {
  const steps = status.registration || !registering ? status.progress : withSent(status.progress, registering);
  const online = steps.every((step) => step.state === "done");
  return (
    <Card
      title={i18n._("Progress")}
      aside={<Badge tone={online ? "ok" : "accent"}>{online ? i18n._("Online") : i18n._("On its way")}</Badge>}
    >
      <Progress steps={steps} />
    </Card>
  );
}

/** The daemon sees a registration once it is mined; until then this page knows more. */
function withSent(steps: readonly ProgressStep[], sent: SentTransaction): ProgressStep[] {
  return steps.map((step) =>
    step.step === "registered"
      ? {
          ...step,
          state: "active",
          atMs: sent.sentAtMs,
          detail: i18n._("Transaction {hash} is sent and waits for its block.", { hash: shortHex(sent.hash) }),
          errorCode: null,
        }
      : step,
  );
}
