"use client";

import { afterViem } from "../../_shared/chain/after-viem";
import { ContractRoom } from "../../_shared/shell/contract-room";
import { later } from "../../_shared/ui/later";
import { Skeleton } from "../../_shared/ui/skeleton";

const Operate = later(() => afterViem(() => import("./operate").then((module) => module.Operate)), {
  loading: () => <Skeleton lines={8} />,
});

export function OperateRoom() {
  return <ContractRoom>{(node) => <Operate {...node} />}</ContractRoom>;
}
