"use client";

import type { ReactNode } from "react";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import { nexusOf } from "../chain/network";
import { ErrorAlert } from "../node/error-alert";
import { useStatus } from "../node/queries";
import { Skeleton } from "../ui/skeleton";
import { useUnhurried } from "../ui/use-unhurried";
import { Gate } from "./gate";

interface ContractRoomProps {
  children: (node: { status: NodeStatus; nexusAddress: `0x${string}` }) => ReactNode;
}

/** A room of the node's owner that is about its contract. Without one it is empty: the banners say what is wrong. */
export function ContractRoom({ children }: ContractRoomProps) {
  return (
    <Gate>
      <WithStatus>{children}</WithStatus>
    </Gate>
  );
}

function WithStatus({ children }: ContractRoomProps) {
  const { data: status, error } = useStatus();
  const ready = useUnhurried(status !== undefined);
  if (!status || !ready) return error ? <ErrorAlert error={error} /> : <Skeleton lines={8} />;
  const nexusAddress = nexusOf(status.chain);
  return nexusAddress ? children({ status, nexusAddress }) : null;
}
