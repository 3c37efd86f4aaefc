"use client";

import { Trans } from "@lingui/react";
import { useEffect } from "react";
import { WagmiContext } from "wagmi";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import { usePendingReceipt } from "../../_shared/chain/use-pending-receipt";
import { wagmiConfigOf } from "../../_shared/chain/wagmi-config";
import { wantWallet } from "../../_shared/chain/wallet-bridge";
import { WrongNetwork } from "../../_shared/chain/wrong-network";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { useTerms } from "../_hooks/use-terms";
import { Leaving } from "./leaving";
import { Manage } from "./manage";
import { ProgressCard } from "./progress-card";
import { Register } from "./register";
import { TermsTrouble } from "./terms-trouble";

interface OperateProps {
  status: NodeStatus;
  nexusAddress: `0x${string}`;
}

/** Everything that needs a wallet. */
export function Operate(props: OperateProps) {
  useEffect(wantWallet, []);
  return (
    <WagmiContext value={wagmiConfigOf(props.status.chain)}>
      <Room {...props} />
    </WagmiContext>
  );
}

function Room({ status, nexusAddress }: OperateProps) {
  const network = status.chain;
  const terms = useTerms(network, nexusAddress);
  const pending = usePendingReceipt(network);
  const { registration, viewOnly } = status;
  return (
    <div className="grid gap-4">
      <WrongNetwork network={network} />
      {pending.trouble}
      {viewOnly && (
        <Alert title={i18n._("This node runs view-only.")}>
          <Trans
            id="It talks to others and hosts nothing for them, so it is private and earns nothing. To change that, start it without <0>--view-only</0>."
            components={{ 0: <code /> }}
          />
        </Alert>
      )}
      <TermsTrouble network={network} terms={terms} />
      {(registration?.active || pending.registering) && (
        <ProgressCard status={status} registering={pending.registering} />
      )}
      {!registration && !pending.registering && <Register network={network} terms={terms.data} viewOnly={viewOnly} />}
      {registration?.active && (
        <Manage network={network} terms={terms.data} registration={registration} viewOnly={viewOnly} />
      )}
      {registration && !registration.active && (
        <Leaving network={network} nexusAddress={nexusAddress} registration={registration} />
      )}
    </div>
  );
}
