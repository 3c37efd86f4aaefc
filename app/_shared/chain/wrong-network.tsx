"use client";

import { useMutation } from "@tanstack/react-query";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { ExplainedError } from "./explained-error";
import { chainName, type Network } from "./network";
import { useWalletAccount } from "./wallet-bridge";

/** Says that the connected wallet is on another chain, and changes that. */
export function WrongNetwork({ network }: { network: Network }) {
  const { isConnected, chainId: walletChainId } = useWalletAccount();
  const switching = useMutation({
    mutationFn: async () => (await import("./wallet/right-network")).ensureRightNetwork(network),
  });
  if (!isConnected || walletChainId === network.chainId) return null;
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
