"use client";

import dynamic from "next/dynamic";
import { useNetwork } from "../../_shared/node/queries";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";

const Registry = dynamic(() => import("./registry").then((module) => module.Registry), {
  ssr: false,
  loading: () => (
    <Card title={i18n._("Registered nodes")}>
      <Skeleton lines={9} />
    </Card>
  ),
});

/** What the contract says, for anybody; the code that reads the chain is loaded when it is shown. */
export function RegistryCard() {
  const { data: network } = useNetwork();
  if (!network?.nexusAddress) return null;
  return <Registry network={network} nexusAddress={network.nexusAddress} />;
}
