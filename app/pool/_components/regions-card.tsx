import type { Aggregate } from "../../../node/backbone/pool/api.ts";
import { formatBytes, formatNumber, regionName } from "../../_shared/node/format";
import { Card } from "../../_shared/ui/card";
import { type Column, Table } from "../../_shared/ui/table";

type Region = Aggregate["regions"][number];

const columns: Column<Region>[] = [
  { title: "Region", cell: ({ region }) => regionName(region), wide: true },
  { title: "Online", cell: ({ online }) => formatNumber(online), numeric: true },
  { title: "Cores", cell: ({ cores }) => formatNumber(cores), numeric: true },
  { title: "Memory", cell: ({ memoryBytes }) => formatBytes(memoryBytes), numeric: true },
  { title: "Storage", cell: ({ storageBytes }) => formatBytes(storageBytes), numeric: true },
  { title: "GPUs", cell: ({ gpus }) => formatNumber(gpus), numeric: true },
];

export function RegionsCard({ regions }: { regions: readonly Region[] }) {
  if (regions.length === 0) return null;
  return (
    <Card title="By region">
      <Table caption="What the devices of each region offer" columns={columns} rows={regions} rowKey={keyOf} />
    </Card>
  );
}

const keyOf = ({ region }: Region) => region;
