"use client";

import { afterViem } from "../../_shared/chain/after-viem";
import { ContractRoom } from "../../_shared/shell/contract-room";
import { later } from "../../_shared/ui/later";
import { Skeleton } from "../../_shared/ui/skeleton";

const Earnings = later(() => afterViem(() => import("./earnings").then((module) => module.Earnings)), {
  loading: () => <Skeleton lines={8} />,
});

export function EarningsRoom() {
  return <ContractRoom>{(node) => <Earnings {...node} />}</ContractRoom>;
}
