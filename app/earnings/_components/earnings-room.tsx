"use client";

import dynamic from "next/dynamic";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { useStatus } from "../../_shared/node/queries";
import { Gate } from "../../_shared/shell/gate";
import { Skeleton } from "../../_shared/ui/skeleton";

const Earnings = dynamic(() => import("./earnings").then((module) => module.Earnings), {
  ssr: false,
  loading: () => <Skeleton lines={8} />,
});

export function EarningsRoom() {
  return (
    <Gate>
      <WithStatus />
    </Gate>
  );
}

function WithStatus() {
  const { data: status, error } = useStatus();
  if (!status) return error ? <ErrorAlert error={error} /> : <Skeleton lines={8} />;
  return status.chain.nexusAddress ? <Earnings status={status} nexusAddress={status.chain.nexusAddress} /> : null;
}
