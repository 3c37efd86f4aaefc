"use client";

import type { Peer } from "../../../node/api/daemon.ts";
import { i18n } from "../text/i18n";
import { Badge } from "../ui/badge";
import { CopyText } from "../ui/copy-text";
import { type Column, Table } from "../ui/table";
import { formatDuration, formatMs, nodeTypeName, regionName, shortHex } from "./format";
import { useNow } from "./use-now";

const paths: Record<Peer["path"], string> = {
  direct: /*i18n*/ "Direct",
  punched: /*i18n*/ "Punched",
  relayed: /*i18n*/ "Relayed",
  onion: /*i18n*/ "Onion",
};

/** The nodes this one is connected to. */
export function PeersTable({ peers }: { peers: readonly Peer[] }) {
  const now = useNow();
  if (peers.length === 0) {
    return (
      <p className="text-[0.93rem] text-muted">
        {i18n._("No peer is connected yet. Once the node has joined the overlay, they appear here by themselves.")}
      </p>
    );
  }
  const columns: Column<Peer>[] = [
    {
      title: i18n._("Peer ID"),
      wide: true,
      cell: (peer) => <CopyText text={peer.peerId} shown={shortHex(peer.peerId)} what={i18n._("peer ID")} />,
    },
    {
      title: i18n._("Type"),
      cell: ({ registration }) => (registration ? nodeTypeName(registration.nodeType) : i18n._("Unregistered")),
    },
    { title: i18n._("Region"), cell: ({ registration }) => (registration ? regionName(registration.region) : "–") },
    {
      title: i18n._("Path"),
      cell: ({ path }) => (
        <Badge tone={path === "direct" || path === "punched" ? "ok" : "accent"}>{i18n._(paths[path])}</Badge>
      ),
    },
    {
      title: i18n._("Round trip"),
      numeric: true,
      cell: ({ roundTripMs }) => (roundTripMs === null ? "–" : formatMs(roundTripMs)),
    },
    {
      title: i18n._("Connected"),
      wide: true,
      numeric: true,
      cell: ({ openedAtMs }) => (now === null ? "" : formatDuration(now - openedAtMs)),
    },
  ];
  return (
    <Table
      caption={i18n._("Connected peers")}
      columns={columns}
      rows={peers}
      rowKey={(peer) => `${peer.peerId} ${peer.address}`}
    />
  );
}
