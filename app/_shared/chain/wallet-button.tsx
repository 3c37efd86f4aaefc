"use client";

import { Wallet } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect } from "react";
import { useNetwork } from "../node/queries";
import { Button } from "../ui/button";
import { openWalletDialog, useWalletWanted, walletWasConnected, wantWallet } from "./wallet-bridge";

const WalletIsland = dynamic(() => import("./wallet-island").then((module) => module.WalletIsland), {
  ssr: false,
  loading: () => <ConnectButton busy />,
});

/** The header's wallet: a plain button until somebody wants one, or had one the last time. */
export function WalletButton() {
  const network = useNetwork();
  const wanted = useWalletWanted();
  useEffect(() => {
    if (walletWasConnected()) wantWallet();
  }, []);
  if (!network.data) return null;
  if (wanted) return <WalletIsland network={network.data} />;
  return <ConnectButton onClick={openWalletDialog} />;
}

export function ConnectButton({ busy, onClick }: { busy?: boolean; onClick?: () => void }) {
  return (
    <Button look="primary" busy={busy} onClick={onClick} aria-label="Connect wallet">
      {!busy && <Wallet aria-hidden className="size-4" />}
      <span>
        Connect<span className="max-sm:sr-only"> wallet</span>
      </span>
    </Button>
  );
}
