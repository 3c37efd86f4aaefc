"use client";

import { useAccount } from "wagmi";
import type { Earnings } from "../../../node/services/payments/api.ts";
import { formatBytes, formatShm, shortHex } from "../../_shared/node/format";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { type Column, Table } from "../../_shared/ui/table";
import type { Redeem } from "../_hooks/redeem";

type Client = Earnings["clients"][number];

/** Who had what relayed, and paid how much of it. */
export function ClientsCard({ earnings, redeem }: { earnings: Earnings; redeem: Redeem }) {
  const { address } = useAccount();
  const columns: Column<Client>[] = [
    {
      title: "Client",
      wide: true,
      cell: ({ client }) => <CopyText text={client} shown={shortHex(client)} what="peer ID" />,
    },
    { title: "Service", cell: () => "Relaying" },
    { title: "Relayed", numeric: true, cell: ({ relayedBytes }) => formatBytes(relayedBytes) },
    { title: "Charged", numeric: true, cell: ({ chargedWei }) => formatShm(chargedWei, 6) },
    { title: "In vouchers", numeric: true, cell: ({ vouchedWei }) => formatShm(vouchedWei, 6) },
    { title: "Redeemed", numeric: true, cell: ({ redeemedWei }) => formatShm(redeemedWei, 6) },
    {
      title: "Actions",
      untitled: true,
      wide: true,
      numeric: true,
      cell: ({ client, redeemableWei }) => (
        <Button
          aria-label={`Redeem from ${shortHex(client)}`}
          busy={redeem.busy}
          disabled={!address || redeemableWei === "0"}
          onClick={() => redeem.start(client)}
        >
          Redeem
        </Button>
      ),
    },
  ];
  return (
    <Card title="By client" lead="Relaying is the one service that is paid; the free daily allowance comes first.">
      {earnings.clients.length === 0 ? (
        <p className="text-muted">
          Nobody has had anything relayed by this node yet. A public node that others can reach, with a good score, is
          chosen by itself.
        </p>
      ) : (
        <Table caption="By client" columns={columns} rows={earnings.clients} rowKey={({ client }) => client} />
      )}
    </Card>
  );
}
