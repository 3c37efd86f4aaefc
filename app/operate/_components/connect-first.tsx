"use client";

import { useAccount, useBalance } from "wagmi";
import { openWalletDialog } from "../../_shared/chain/wallet-bridge";
import { formatShm, shortHex } from "../../_shared/node/format";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";

/** Which wallet becomes the operator, or how to connect one. */
export function ConnectFirst() {
  const { address, connector, isReconnecting } = useAccount();
  const { data: balance } = useBalance({ address, query: { refetchInterval: 5_000 } });
  if (!address) {
    return (
      <Alert
        title={isReconnecting ? "Looking for your wallet…" : "No wallet is connected"}
        action={<Button onClick={openWalletDialog}>Choose a wallet</Button>}
      >
        The wallet that registers the node becomes its operator. If yours is locked, unlock it first.
      </Alert>
    );
  }
  return (
    <p className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-md border border-line bg-raised px-3 py-2 text-[0.93rem]">
      <span>
        Operator <span className="font-mono text-sm">{shortHex(address)}</span>
        {connector && <span className="text-muted">, {connector.name}</span>}
      </span>
      <span className="text-muted tabular-nums">{balance && `holds ${formatShm(balance.value, 2)}`}</span>
    </p>
  );
}
