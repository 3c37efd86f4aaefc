"use client";

import dynamic from "next/dynamic";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { useStatus } from "../../_shared/node/queries";
import { Gate } from "../../_shared/shell/gate";
import { Skeleton } from "../../_shared/ui/skeleton";

const Operate = dynamic(() => import("./operate").then((module) => module.Operate), {
  ssr: false,
  loading: () => <Skeleton lines={8} />,
});

export function OperateRoom() {
  return (
    <Gate>
      <WithStatus />
    </Gate>
  );
}

/** The banners of the room say what is wrong with the chain; without a contract there is nothing to operate. */
function WithStatus() {
  const { data: status, error } = useStatus();
  if (!status) return error ? <ErrorAlert error={error} /> : <Skeleton lines={8} />;
  return status.chain.nexusAddress ? <Operate status={status} nexusAddress={status.chain.nexusAddress} /> : null;
}
