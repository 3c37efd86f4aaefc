"use client";

import { unregistered } from "../../../node/core/vocabulary.ts";
import type { Earnings } from "../../../node/services/payments/api.ts";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { formatBytes, formatShm, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { type Column, Table } from "../../_shared/ui/table";
import type { Redeem } from "../_hooks/redeem";

type Client = Earnings["clients"][number];

/** Who had what relayed, and paid how much of it. */
export function ClientsCard({ earnings, redeem }: { earnings: Earnings; redeem: Redeem }) {
  const { address } = useWalletAccount();
  const columns: Column<Client>[] = [
    {
      title: i18n._("Client"),
      wide: true,
      cell: ({ client }) =>
        client === unregistered ? (
          i18n._("Unregistered nodes")
        ) : (
          <CopyText text={client} shown={shortHex(client)} what={i18n._("peer ID")} />
        ),
    },
    { title: i18n._("Service"), cell: () => i18n._("Relaying") },
    { title: i18n._("Relayed"), numeric: true, cell: ({ relayedBytes }) => formatBytes(relayedBytes) },
    { title: i18n._("Charged"), numeric: true, cell: ({ chargedWei }) => formatShm(chargedWei, 6) },
    { title: i18n._("In vouchers"), numeric: true, cell: ({ vouchedWei }) => formatShm(vouchedWei, 6) },
    { title: i18n._("Redeemed"), numeric: true, cell: ({ redeemedWei }) => formatShm(redeemedWei, 6) },
    {
      title: i18n._("Actions"),
      untitled: true,
      wide: true,
      numeric: true,
      cell: ({ client, redeemableWei }) => (
        <Button
          aria-label={i18n._("Redeem from {client}", { client: shortHex(client) })}
          busy={redeem.busy}
          disabled={!address || redeemableWei === "0"}
          onClick={() => redeem.start(client)}
        >
          {i18n._("Redeem")}
        </Button>
      ),
    },
  ];
  return (
    <Card
      title={i18n._("By client")}
      lead={i18n._("Relaying is the one service that is paid; the free daily allowance comes first.")}
    >
      {earnings.clients.length === 0 ? (
        <p className="text-muted">
          {i18n._(
            "Nobody has had anything relayed by this node yet. A public node that others can reach, with a good score, is chosen by itself.",
          )}
        </p>
      ) : (
        <Table
          caption={i18n._("By client")}
          columns={columns}
          rows={earnings.clients}
          rowKey={({ client }) => client}
        />
      )}
    </Card>
  );
}
