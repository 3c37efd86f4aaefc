"use client";

import { Trans } from "@lingui/react";
import { useDeferredValue } from "react";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import { ReviewPlan } from "../../_shared/chain/review-plan";
import { useTransactions } from "../../_shared/chain/transactions/list";
import { usePlan } from "../../_shared/chain/use-plan";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { WrongNetwork } from "../../_shared/chain/wrong-network";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { useTerms } from "../_hooks/use-terms";
import { Leaving } from "./leaving";
import { Manage } from "./manage";
import { ProgressCard } from "./progress-card";
import { Register } from "./register";
import { RelayLimits } from "./relay-limits";
import { TermsTrouble } from "./terms-trouble";

interface OperateProps {
  status: NodeStatus;
  nexusAddress: `0x${string}`;
}

export function Operate({ status, nexusAddress }: OperateProps) {
  const network = status.chain;
  const { address } = useWalletAccount();
  const terms = useTerms(network, nexusAddress);
  const { open, reviewed, send, done, finish } = usePlan(network);
  const registering =
    useTransactions(network.chainId).find((sent) => sent.functionName === "register" && sent.state === "waiting") ??
    null;
  const { registration, viewOnly } = status;
  // As `useUnhurried`; what is further down is drawn after what is seen at once.
  const known = useDeferredValue(terms.data);
  const further = useDeferredValue(true, false);
  const reviewing = reviewed && reviewed.prepared.account === address;
  return (
    <div className="grid gap-4">
      <WrongNetwork network={network} />
      {viewOnly && (
        <Alert title={i18n._("This node runs view-only.")}>
          <Trans
            id="It talks to others and hosts nothing for them, so it is private and earns nothing. To change that, choose another service under Welcome, or start it without <0>--view-only</0>."
            components={{ 0: <code /> }}
          />
        </Alert>
      )}
      <TermsTrouble network={network} terms={terms} />
      {done && <Alert tone="ok" title={done} />}
      {reviewing && <ReviewPlan network={network} {...reviewed} send={send} onBack={open.reset} onDone={finish} />}
      {/* What was typed there is still there after “Back”. */}
      <div className={reviewing ? "hidden" : "contents"}>
        {(registration?.active || registering) && <ProgressCard status={status} registering={registering} />}
        {!registration && (
          // It says what became of what was signed there, where that was no registration.
          <div className={registering ? "hidden" : "contents"}>
            <Register network={network} nexusAddress={nexusAddress} terms={known} viewOnly={viewOnly} />
          </div>
        )}
        {registration?.active && <Manage {...{ network, nexusAddress, registration, viewOnly, open }} terms={known} />}
        {registration && !registration.active && (
          <Leaving network={network} nexusAddress={nexusAddress} registration={registration} open={open} />
        )}
        {!viewOnly && further && <RelayLimits />}
      </div>
    </div>
  );
}
