"use client";

import { ErrorAlert } from "../../_shared/node/error-alert";
import { TotalsCard } from "../../_shared/pool/totals-card";
import { Gate } from "../../_shared/shell/gate";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { useAggregate } from "../_hooks/use-pool";
import { EventsCard } from "./events-card";
import { RegionsCard } from "./regions-card";

export function PoolRoom() {
  return (
    <Gate instead={null}>
      <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
        <Sums />
        <EventsCard />
      </div>
    </Gate>
  );
}

function Sums() {
  const { data, error } = useAggregate();
  const ready = useUnhurried(data !== undefined);
  if (!data || !ready)
    return <Card title={i18n._("Pooled now")}>{error ? <ErrorAlert error={error} /> : <Skeleton lines={6} />}</Card>;
  return (
    <div className="grid min-w-0 gap-4">
      {error && <ErrorAlert error={error} />}
      <TotalsCard aggregate={data} />
      <RegionsCard regions={data.regions} />
    </div>
  );
}
