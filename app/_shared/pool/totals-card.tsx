import type { Aggregate } from "../../../node/backbone/pool/api.ts";
import { formatBytes, formatNumber } from "../node/format";
import { Card } from "../ui/card";

/** What the pool has at this moment, in large figures. */
export function TotalsCard({ aggregate: { totals, registered } }: { aggregate: Aggregate }) {
  const figures = [
    { name: "Devices online", value: formatNumber(totals.online), note: `of ${formatNumber(registered)} registered` },
    { name: "Processor cores", value: formatNumber(totals.cores), note: loadOf(totals.loadPercent) },
    { name: "Memory", value: formatBytes(totals.memoryBytes) },
    { name: "Storage", value: formatBytes(totals.storageBytes) },
    { name: "GPUs", value: formatNumber(totals.gpus) },
  ];
  return (
    <Card title="Pooled now" className="@container">
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
          No device offers anything right now. A node offers what its owner chooses, and nothing before that.
        </p>
      )}
    </Card>
  );
}

const loadOf = (percent: number | null) => (percent === null ? undefined : `${Math.round(percent)} % busy`);
