"use client";

import type { ReactNode } from "react";
import { useAccount, useBalance } from "wagmi";
import { formatShm, shortHex } from "../node/format";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { openWalletDialog } from "./wallet-bridge";

interface ConnectFirstProps {
  /** What the wallet is here: "Operator". */
  signer: string;
  /** What the wallet will be, said while there is none. */
  children: ReactNode;
}

/** Which wallet signs, or how to connect one. */
export function ConnectFirst({ signer, children }: ConnectFirstProps) {
  const { address, connector, isReconnecting } = useAccount();
  const { data: balance } = useBalance({ address, query: { refetchInterval: 5_000 } });
  if (!address) {
    return (
      <Alert
        title={isReconnecting ? "Looking for your wallet…" : "No wallet is connected"}
        action={<Button onClick={openWalletDialog}>Choose a wallet</Button>}
      >
        {children} If yours is locked, unlock it first.
      </Alert>
    );
  }
  return (
    <p className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-md border border-line bg-raised px-3 py-2 text-[0.93rem]">
      <span>
        {signer} <span className="font-mono text-sm">{shortHex(address)}</span>
        {connector && <span className="text-muted">, {connector.name}</span>}
      </span>
      <span className="text-muted tabular-nums">{balance && `holds ${formatShm(balance.value, 2)}`}</span>
    </p>
  );
}
