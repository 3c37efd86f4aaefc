"use client";

import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { ExplainedError } from "./explained-error";
import { chainName, type Network } from "./network";
import { useRightNetwork } from "./right-network";

export function WrongNetwork({ network }: { network: Network }) {
  const { wrong, walletChainId, switching } = useRightNetwork(network);
  if (!wrong) return null;
  return (
    <div className="space-y-3">
      <Alert
        tone="warn"
        title={i18n._("Your wallet is on another network")}
        action={
          <Button look="primary" busy={switching.isPending} onClick={() => switching.mutate()}>
            {i18n._("Switch network")}
          </Button>
        }
      >
        {i18n._("It is on chain {walletChainId}; this node uses {network} ({chainId}).", {
          walletChainId,
          network: chainName(network),
          chainId: network.chainId,
        })}
      </Alert>
      <ExplainedError error={switching.error} />
    </div>
  );
}
