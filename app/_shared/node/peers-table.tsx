"use client";

import type { Peer } from "../../../node/api/daemon.ts";
import { Badge } from "../ui/badge";
import { CopyText } from "../ui/copy-text";
import { type Column, Table } from "../ui/table";
import { formatDuration, formatMs, nodeTypeName, regionName, shortHex } from "./format";
import { useNow } from "./use-now";

/** The nodes this one is connected to. */
export function PeersTable({ peers }: { peers: readonly Peer[] }) {
  const now = useNow();
  if (peers.length === 0) {
    return (
      <p className="text-[0.93rem] text-muted">
        No peer is connected yet. Once the node has joined the overlay, they appear here by themselves.
      </p>
    );
  }
  const columns: Column<Peer>[] = [
    {
      title: "Peer ID",
      wide: true,
      cell: (peer) => <CopyText text={peer.peerId} shown={shortHex(peer.peerId)} what="peer ID" />,
    },
    {
      title: "Type",
      cell: ({ registration }) => (registration ? nodeTypeName(registration.nodeType) : "Unregistered"),
    },
    { title: "Region", cell: ({ registration }) => (registration ? regionName(registration.region) : "–") },
    {
      title: "Path",
      cell: ({ path }) => (
        <Badge tone={path === "direct" ? "ok" : "accent"}>{path === "direct" ? "Direct" : "Relayed"}</Badge>
      ),
    },
    {
      title: "Round trip",
      numeric: true,
      cell: ({ roundTripMs }) => (roundTripMs === null ? "–" : formatMs(roundTripMs)),
    },
    {
      title: "Connected",
      wide: true,
      numeric: true,
      cell: ({ openedAtMs }) => (now === null ? "" : formatDuration(now - openedAtMs)),
    },
  ];
  return (
    <Table
      caption="Connected peers"
      columns={columns}
      rows={peers}
      rowKey={(peer) => `${peer.peerId} ${peer.address}`}
    />
  );
}
