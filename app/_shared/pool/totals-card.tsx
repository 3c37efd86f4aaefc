import type { Aggregate } from "../../../node/backbone/pool/api.ts";
import { formatBytes, formatNumber } from "../node/format";
import { i18n } from "../text/i18n";
import { Card } from "../ui/card";

/** What the pool has at this moment, in large figures. */
export function TotalsCard({ aggregate: { totals, registered } }: { aggregate: Aggregate }) {
  const figures = [
    {
      name: i18n._("Devices online"),
      value: formatNumber(totals.online),
      note: i18n._("of {registered} registered", { registered: formatNumber(registered) }),
    },
    { name: i18n._("Processor cores"), value: formatNumber(totals.cores), note: loadOf(totals.loadPercent) },
    { name: i18n._("Memory"), value: formatBytes(totals.memoryBytes) },
    { name: i18n._("Storage"), value: formatBytes(totals.storageBytes) },
    { name: i18n._("GPUs"), value: formatNumber(totals.gpus) },
  ];
  return (
    <Card title={i18n._("Pooled now")} className="@container">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 @md:grid-cols-3 @3xl:grid-cols-5">
        {figures.map(({ name, value, note }) => (
          <div key={name} className="min-w-0">
            <dt className="text-muted text-sm">{name}</dt>
            <dd className="font-semibold text-2xl tabular-nums">{value}</dd>
            {note && <dd className="text-muted text-sm tabular-nums">{note}</dd>}
          </div>
        ))}
      </dl>
      {totals.online === 0 && (
        <p className="mt-4 rounded-md border border-line bg-raised p-3 text-[0.93rem]">
          {i18n._("No device offers anything right now.")}
        </p>
      )}
    </Card>
  );
}

const loadOf = (percent: number | null) =>
  percent === null ? undefined : i18n._("{percent} % busy", { percent: Math.round(percent) });
