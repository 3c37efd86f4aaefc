"use client";

import { Trans } from "@lingui/react";
import { ConnectFailure } from "../../_shared/chain/connect-failure";
import { openWalletDialog, useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";

export function useIsOperator(operator: string): boolean {
  const { address } = useWalletAccount();
  return address?.toLowerCase() === operator.toLowerCase();
}

/** Says which wallet may change the node, while another one or none is connected. */
export function OperatorWallet({ operator }: { operator: `0x${string}` }) {
  const { address } = useWalletAccount();
  if (useIsOperator(operator)) return null;
  return (
    <div className="space-y-3">
      <Alert
        tone={address ? "warn" : "info"}
        title={
          address
            ? i18n._("This wallet is not the operator of the node")
            : i18n._("Connect the operator's wallet to change something")
        }
        action={!address && <Button onClick={openWalletDialog}>{i18n._("Choose a wallet")}</Button>}
      >
        <Trans
          id="Only <0>{operator}</0> may change it or withdraw its stake."
          values={{ operator: shortHex(operator) }}
          components={{ 0: <span className="font-mono text-sm" /> }}
        />
        {address && ` ${i18n._("Choose that account in your wallet.")}`}
      </Alert>
      {!address && <ConnectFailure />}
    </div>
  );
}
