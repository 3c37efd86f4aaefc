"use client";

import dynamic from "next/dynamic";
import { afterViem } from "../../_shared/chain/after-viem";
import { ContractRoom } from "../../_shared/shell/contract-room";
import { Skeleton } from "../../_shared/ui/skeleton";

const Earnings = dynamic(() => afterViem(() => import("./earnings").then((module) => module.Earnings)), {
  ssr: false,
  loading: () => <Skeleton lines={8} />,
});

export function EarningsRoom() {
  return <ContractRoom>{(node) => <Earnings {...node} />}</ContractRoom>;
}
