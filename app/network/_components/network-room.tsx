"use client";

import { ErrorAlert } from "../../_shared/node/error-alert";
import { PeersTable } from "../../_shared/node/peers-table";
import { usePeers } from "../../_shared/node/queries";
import { Gate } from "../../_shared/shell/gate";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { Probe } from "./probe";
import { RegistryCard } from "./registry-card";

export function NetworkRoom() {
  return (
    <Gate instead={<RegistryCard />}>
      <div className="grid gap-4">
        <RegistryCard />
        <Probe />
        <Peers />
      </div>
    </Gate>
  );
}

function Peers() {
  const { data: peers, error } = usePeers();
  const ready = useUnhurried(peers !== undefined);
  return (
    <Card
      title={i18n._("Peers")}
      aside={
        <span className="text-muted text-sm tabular-nums">
          {i18n._("{count} connected", { count: peers?.length ?? 0 })}
        </span>
      }
    >
      {!ready && (error ? <ErrorAlert error={error} /> : <Skeleton lines={4} />)}
      {peers && ready && <PeersTable peers={peers} />}
    </Card>
  );
}
