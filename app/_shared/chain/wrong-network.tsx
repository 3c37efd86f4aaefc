"use client";

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
        title="Your wallet is on another network"
        action={
          <Button look="primary" busy={switching.isPending} onClick={() => switching.mutate()}>
            Switch network
          </Button>
        }
      >
        It is on chain {walletChainId}; this node uses {chainName(network)} ({network.chainId}).
      </Alert>
      <ExplainedError error={switching.error} />
    </div>
  );
}
