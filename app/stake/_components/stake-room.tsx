"use client";

import { afterViem } from "../../_shared/chain/after-viem";
import { nexusOf } from "../../_shared/chain/network";
import { useNetwork } from "../../_shared/node/queries";
import { Gate } from "../../_shared/shell/gate";
import { later } from "../../_shared/ui/later";
import { Skeleton } from "../../_shared/ui/skeleton";

const Stake = later(() => afterViem(() => import("./stake").then((module) => module.Stake)), {
  loading: () => <Skeleton lines={8} />,
});

/** Staking needs a wallet and the chain alone, so whoever gets the page may. */
export function StakeRoom() {
  return (
    <Gate instead={<WithNetwork />}>
      <WithNetwork />
    </Gate>
  );
}

function WithNetwork() {
  const { data: network } = useNetwork();
  if (!network) return <Skeleton lines={8} />;
  const nexusAddress = nexusOf(network);
  return nexusAddress && <Stake network={network} nexusAddress={nexusAddress} />;
}
