"use client";

import { useEffect } from "react";
import { ConnectFirst } from "../../_shared/chain/connect-first";
import type { Network } from "../../_shared/chain/network";
import { wantWallet } from "../../_shared/chain/wallet-bridge";
import { WrongNetwork } from "../../_shared/chain/wrong-network";
import { i18n } from "../../_shared/text/i18n";

/** The wallet that is connected, or how to connect one. */
export function OperatorConnection({ network }: { network: Network }) {
  useEffect(wantWallet, []);
  return (
    <div className="space-y-3">
      <ConnectFirst network={network} signer={i18n._("Operator")}>
        {i18n._("The wallet that registers the node becomes its operator.")}
      </ConnectFirst>
      <WrongNetwork network={network} />
    </div>
  );
}
