"use client";

import { afterViem } from "../../_shared/chain/after-viem";
import { nexusOf } from "../../_shared/chain/network";
import { useNetwork } from "../../_shared/node/queries";
import { later } from "../../_shared/ui/later";
import { RegistrySkeleton } from "./registry-skeleton";

const Registry = later(() => afterViem(() => import("./registry").then((module) => module.Registry)), {
  loading: RegistrySkeleton,
});

/** What the contract says, for anybody; the code that reads the chain is loaded when it is shown. */
export function RegistryCard() {
  const { data: network } = useNetwork();
  if (!network) return <RegistrySkeleton />;
  const nexusAddress = nexusOf(network);
  return nexusAddress && <Registry network={network} nexusAddress={nexusAddress} />;
}
