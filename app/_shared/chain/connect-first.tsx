"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatShm, shortHex } from "../node/format";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { ConnectFailure } from "./connect-failure";
import type { Network } from "./network";
import { publicClientOf } from "./public-client";
import { openWalletDialog, useWalletAccount } from "./wallet-bridge";

interface ConnectFirstProps {
  network: Network;
  /** What the wallet is here: "Operator". */
  signer: string;
  /** What the wallet will be, said while there is none. */
  children: ReactNode;
}

/** Which wallet signs, or how to connect one. */
export function ConnectFirst({ network, signer, children }: ConnectFirstProps) {
  const { address, name, isConnected, isReconnecting } = useWalletAccount();
  const balanceWei = useBalance(network, address);
  if (!address) {
    return (
      <div className="space-y-3">
        <Alert
          title={
            isReconnecting
              ? i18n._("Looking for your wallet…")
              : isConnected
                ? i18n._("Your wallet is locked, or shows this page no account")
                : i18n._("No wallet is connected")
          }
          action={<Button onClick={openWalletDialog}>{i18n._("Choose a wallet")}</Button>}
        >
          {children} {i18n._("If yours is locked, unlock it first.")}
        </Alert>
        <ConnectFailure />
      </div>
    );
  }
  return (
    <p className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-md border border-line bg-raised px-3 py-2 text-[0.93rem]">
      <span>
        {signer} <span className="font-mono text-sm">{shortHex(address)}</span>
        {name && <span className="text-muted">, {name}</span>}
      </span>
      <span className="text-muted tabular-nums">
        {balanceWei !== undefined && i18n._("holds {value}", { value: formatShm(balanceWei, 2) })}
      </span>
    </p>
  );
}

function useBalance({ chainId, rpcUrl }: Network, address: `0x${string}` | undefined): bigint | undefined {
  const { data } = useQuery({
    queryKey: ["balance", chainId, rpcUrl, address],
    enabled: address !== undefined,
    refetchInterval: 5_000,
    queryFn: () => publicClientOf(rpcUrl).getBalance({ address: address ?? "0x" }),
  });
  return data;
}
