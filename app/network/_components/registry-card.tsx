"use client";

import dynamic from "next/dynamic";
import { useNetwork } from "../../_shared/node/queries";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";

const Registry = dynamic(() => import("./registry").then((module) => module.Registry), {
  ssr: false,
  loading: () => <Skeleton lines={4} />,
});

/** What the contract says, for anybody; the code that reads the chain is loaded when it is shown. */
export function RegistryCard() {
  const { data: network } = useNetwork();
  if (!network?.nexusAddress) return null;
  return (
    <Card title="Registered nodes" lead="Read from the NodeNexus contract, best score first.">
      <Registry network={network} nexusAddress={network.nexusAddress} />
    </Card>
  );
}
