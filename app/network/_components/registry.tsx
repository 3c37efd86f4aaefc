"use client";

import { useState } from "react";
import type { NodeType } from "../../../node/core/schema.ts";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { formatNumber, formatShm, nodeTypeName, regionName, shortHex } from "../../_shared/node/format";
import { CopyText } from "../../_shared/ui/copy-text";
import { Field } from "../../_shared/ui/field";
import { Select } from "../../_shared/ui/select";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Column, Table } from "../../_shared/ui/table";
import { type RegisteredNode, useRegions, useRegistry } from "../_hooks/use-registry";

const types: readonly NodeType[] = ["light_public", "light_private", "backbone_auth"];

const columns: Column<RegisteredNode>[] = [
  {
    title: "Peer ID",
    wide: true,
    cell: (node) => <CopyText text={node.peerId} shown={shortHex(node.peerId)} what="peer ID" />,
  },
  {
    title: "Operator",
    wide: true,
    cell: (node) => <CopyText text={node.operator} shown={shortHex(node.operator)} what="operator" />,
  },
  { title: "Score", numeric: true, cell: (node) => `${node.score} of 100` },
  { title: "Stake", numeric: true, cell: (node) => formatShm(node.stakeWei) },
  { title: "Bandwidth", wide: true, numeric: true, cell: (node) => `${formatNumber(node.bandwidthMbps)} Mbit/s` },
];

interface RegistryProps {
  network: Network;
  nexusAddress: `0x${string}`;
}

export function Registry({ network, nexusAddress }: RegistryProps) {
  const [type, setType] = useState<NodeType>("light_public");
  const [chosenRegion, setRegion] = useState<string | null>(null);
  const regions = useRegions(network.rpcUrl, nexusAddress, type);
  const region = chosenRegion ?? regions.data?.[0]?.name;
  const nodes = useRegistry(network.rpcUrl, nexusAddress, region, type);
  return (
    <div className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-2 md:max-w-xl">
        <Field label="Region">
          {(props) => (
            <Select {...props} value={region ?? ""} onChange={(event) => setRegion(event.target.value)}>
              {regions.data?.map(({ name, count }) => (
                <option key={name} value={name}>
                  {regionName(name)} ({formatNumber(count)})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Type">
          {(props) => (
            <Select {...props} value={type} onChange={(event) => setType(event.target.value as NodeType)}>
              {types.map((name) => (
                <option key={name} value={name}>
                  {nodeTypeName(name)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <ExplainedError error={regions.error ?? nodes.error} />
      {!nodes.data && !nodes.error && !regions.error && <Skeleton lines={3} />}
      {nodes.data && nodes.data.total === 0 && (
        <p className="text-[0.93rem] text-muted">
          No {nodeTypeName(type).toLowerCase()} node is registered in {regionName(region ?? "")}.
        </p>
      )}
      {nodes.data && nodes.data.total > 0 && (
        <>
          <Table caption="Registered nodes" columns={columns} rows={nodes.data.page} rowKey={(node) => node.peerId} />
          {nodes.data.total > nodes.data.page.length && (
            <p className="text-muted text-sm">
              The best {nodes.data.page.length} of {formatNumber(nodes.data.total)}.
            </p>
          )}
        </>
      )}
    </div>
  );
}
