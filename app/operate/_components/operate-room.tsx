"use client";

import dynamic from "next/dynamic";
import { afterViem } from "../../_shared/chain/after-viem";
import { ContractRoom } from "../../_shared/shell/contract-room";
import { Skeleton } from "../../_shared/ui/skeleton";

const Operate = dynamic(() => afterViem(() => import("./operate").then((module) => module.Operate)), {
  ssr: false,
  loading: () => <Skeleton lines={8} />,
});

export function OperateRoom() {
  return <ContractRoom>{(node) => <Operate {...node} />}</ContractRoom>;
}
