"use client";

import { useEffect, useState } from "react";
import { useNetwork } from "../node/queries";
import { later } from "../ui/later";
import { NotLoaded } from "../ui/not-loaded";
import { ConnectButton } from "./connect-button";
import { openWalletDialog, useWalletWanted, walletWasConnected, wantWallet } from "./wallet-bridge";

const WalletIsland = later(() => import("./wallet/island").then((module) => module.WalletIsland), {
  loading: () => <ConnectButton busy />,
  failed: NoWalletYet,
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

/** The header has no room for a note: that lies above the page, and comes again at the next press. */
function NoWalletYet() {
  const [told, setTold] = useState(true);
  return (
    <>
      <ConnectButton onClick={() => setTold(true)} />
      {told && <NotLoaded onClose={() => setTold(false)} />}
    </>
  );
}
