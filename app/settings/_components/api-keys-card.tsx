"use client";

import type { ApiKey } from "../../../node/api/api-keys.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatDateTime } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Column, Table } from "../../_shared/ui/table";
import { useApiKeys, useCreateApiKey, useRevokeApiKey } from "../_hooks/use-api-keys";
import { ApiKeyForm } from "./api-key-form";

/** Keys for programs of the owner: made, shown once, revoked. */
export function ApiKeysCard() {
  const { data: keys, error } = useApiKeys();
  const { created, create } = useCreateApiKey();
  const revoke = useRevokeApiKey();
  const columns: Column<ApiKey>[] = [
    { title: i18n._("Name"), cell: ({ name }) => name },
    { title: i18n._("May"), cell: ({ scope }) => (scope === "read" ? i18n._("read") : i18n._("read and change")) },
    { title: i18n._("Ends"), cell: ({ expiresAtMs }) => timeOr(expiresAtMs, i18n._("never")) },
    { title: i18n._("Used last"), cell: ({ lastUsedAtMs }) => timeOr(lastUsedAtMs, i18n._("never")) },
    {
      title: i18n._("Actions"),
      untitled: true,
      cell: ({ id, name }) => (
        <Button
          look="danger"
          busy={revoke.isPending && revoke.variables === id}
          aria-label={i18n._("Revoke {name}", { name })}
          onClick={() => revoke.mutate(id)}
        >
          {i18n._("Revoke")}
        </Button>
      ),
    },
  ];
  return (
    <Card
      title={i18n._("API keys")}
      lead={i18n._(
        "For programs of yours that call this daemon, on this machine. No key can make other keys, or sign in.",
      )}
    >
      <div className="grid gap-4">
        {!keys && (error ? <ErrorAlert error={error} /> : <Skeleton lines={2} />)}
        {keys?.length === 0 && <p className="text-muted">{i18n._("There are none.")}</p>}
        {keys && keys.length > 0 && (
          <Table caption={i18n._("API keys")} columns={columns} rows={keys} rowKey={({ id }) => id} />
        )}
        <ErrorAlert error={revoke.error} />
        {created !== null && (
          <Alert tone="ok" title={i18n._("This is the key. It is not shown again.")}>
            <CopyText text={created} what={i18n._("API key")} className="break-all font-mono" />
          </Alert>
        )}
        <ApiKeyForm busy={create.isPending} onCreate={(wanted, then) => create.mutate(wanted, { onSuccess: then })} />
        <ErrorAlert error={create.error} />
      </div>
    </Card>
  );
}

const timeOr = (ms: number | null, otherwise: string) => (ms === null ? otherwise : formatDateTime(ms));
