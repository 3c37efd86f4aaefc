"use client";

import dynamic from "next/dynamic";
import { afterViem } from "../../_shared/chain/after-viem";
import { nexusOf } from "../../_shared/chain/network";
import { useNetwork } from "../../_shared/node/queries";
import { RegistrySkeleton } from "./registry-skeleton";

const Registry = dynamic(() => afterViem(() => import("./registry").then((module) => module.Registry)), {
  ssr: false,
  loading: RegistrySkeleton,
});

/** What the contract says, for anybody; the code that reads the chain is loaded when it is shown. */
export function RegistryCard() {
  const { data: network } = useNetwork();
  if (!network) return <RegistrySkeleton />;
  const nexusAddress = nexusOf(network);
  return nexusAddress && <Registry network={network} nexusAddress={nexusAddress} />;
}
