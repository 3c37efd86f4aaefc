"use client";

import dynamic from "next/dynamic";
import { useEffect } from "react";
import { useNetwork } from "../node/queries";
import { ConnectButton } from "./connect-button";
import { openWalletDialog, useWalletWanted, walletWasConnected, wantWallet } from "./wallet-bridge";

const WalletIsland = dynamic(() => import("./wallet/island").then((module) => module.WalletIsland), {
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
