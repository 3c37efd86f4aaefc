"use client";

import { useAccount } from "wagmi";
import { openWalletDialog } from "../../_shared/chain/wallet-bridge";
import { shortHex } from "../../_shared/node/format";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";

export function useIsOperator(operator: string): boolean {
  const { address } = useAccount();
  return address?.toLowerCase() === operator.toLowerCase();
}

/** Says which wallet may change the node, while another one or none is connected. */
export function OperatorWallet({ operator }: { operator: `0x${string}` }) {
  const { address } = useAccount();
  if (useIsOperator(operator)) return null;
  return (
    <Alert
      tone={address ? "warn" : "info"}
      title={
        address ? "This wallet is not the operator of the node" : "Connect the operator's wallet to change something"
      }
      action={!address && <Button onClick={openWalletDialog}>Choose a wallet</Button>}
    >
      Only <span className="font-mono text-sm">{shortHex(operator)}</span> may change it or withdraw its stake.
      {address && " Choose that account in your wallet."}
    </Alert>
  );
}
