import type { Aggregate } from "../../../node/backbone/pool/api.ts";
import { formatBytes, formatNumber, regionName } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { type Column, Table } from "../../_shared/ui/table";

type Region = Aggregate["regions"][number];

const columns = (): Column<Region>[] => [
  { title: i18n._("Region"), cell: ({ region }) => regionName(region), wide: true },
  { title: i18n._("Online"), cell: ({ online }) => formatNumber(online), numeric: true },
  { title: i18n._("Cores"), cell: ({ cores }) => formatNumber(cores), numeric: true },
  { title: i18n._("Memory"), cell: ({ memoryBytes }) => formatBytes(memoryBytes), numeric: true },
  { title: i18n._("Storage"), cell: ({ storageBytes }) => formatBytes(storageBytes), numeric: true },
  { title: i18n._("GPUs"), cell: ({ gpus }) => formatNumber(gpus), numeric: true },
];

export function RegionsCard({ regions }: { regions: readonly Region[] }) {
  if (regions.length === 0) return null;
  return (
    <Card title={i18n._("By region")}>
      <Table
        caption={i18n._("What the devices of each region offer")}
        columns={columns()}
        rows={regions}
        rowKey={keyOf}
      />
    </Card>
  );
}

const keyOf = ({ region }: Region) => region;
