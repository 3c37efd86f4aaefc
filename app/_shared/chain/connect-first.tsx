"use client";

import { useMutationState } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useAccount, useBalance } from "wagmi";
import { formatShm, shortHex } from "../node/format";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { ExplainedError } from "./explained-error";
import { openWalletDialog } from "./wallet-bridge";

interface ConnectFirstProps {
  /** What the wallet is here: "Operator". */
  signer: string;
  /** What the wallet will be, said while there is none. */
  children: ReactNode;
}

/** Which wallet signs, or how to connect one. */
export function ConnectFirst({ signer, children }: ConnectFirstProps) {
  const { address, connector, isConnected, isReconnecting } = useAccount();
  const failure = useConnectFailure();
  const { data: balance } = useBalance({ address, query: { refetchInterval: 5_000 } });
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
        <ExplainedError error={failure} />
      </div>
    );
  }
  return (
    <p className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-md border border-line bg-raised px-3 py-2 text-[0.93rem]">
      <span>
        {signer} <span className="font-mono text-sm">{shortHex(address)}</span>
        {connector && <span className="text-muted">, {connector.name}</span>}
      </span>
      <span className="text-muted tabular-nums">
        {balance && i18n._("holds {value}", { value: formatShm(balance.value, 2) })}
      </span>
    </p>
  );
}

/** Why the last attempt to connect came to nothing: the dialog, which made it, tells no reason. */
function useConnectFailure(): unknown {
  const attempts = useMutationState({ filters: { mutationKey: ["connect"] }, select: ({ state }) => state.error });
  return attempts.at(-1);
}
