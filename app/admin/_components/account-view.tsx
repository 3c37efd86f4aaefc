"use client";

import { formatDateTime } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Column, Table } from "../../_shared/ui/table";
import type { AdminSession } from "../_hooks/use-admin-session";
import { useRenewRecoveryCodes } from "../_hooks/use-second-factor";
import { type ListedSession, useRevoke, useSessions } from "../_hooks/use-sessions";
import { AdminError } from "./admin-error";
import { NewAuthenticator } from "./enrol";

interface AccountViewProps {
  session: AdminSession;
  awake: boolean;
  onRecoveryCodes: (codes: readonly string[]) => void;
}

/** Where this account is signed in, and its second factor. */
export function AccountView({ session, awake, onRecoveryCodes }: AccountViewProps) {
  const renew = useRenewRecoveryCodes(onRecoveryCodes);
  return (
    <>
      <SessionsCard awake={awake} expiresAt={session.expiresAt} />
      <Card title={i18n._("Second factor")}>
        <div className="space-y-5">
          <div className="space-y-2">
            <p>
              {i18n._(
                "A new phone, or somebody may have seen the secret: set the authenticator up anew. The old one works until the new one has shown a code.",
              )}
            </p>
            <NewAuthenticator onRecoveryCodes={onRecoveryCodes} button={i18n._("Replace authenticator")} />
          </div>
          <div className="space-y-2 border-line border-t pt-4">
            <p>{i18n._("Recovery codes used up or lost: make ten new ones. The old ones are worth nothing then.")}</p>
            <AdminError error={renew.error} />
            <Button busy={renew.isPending} onClick={() => renew.mutate()}>
              {i18n._("New recovery codes")}
            </Button>
          </div>
        </div>
      </Card>
    </>
  );
}

function SessionsCard({ awake, expiresAt }: { awake: boolean; expiresAt: string }) {
  const { data, error } = useSessions(awake);
  const revoke = useRevoke();
  const columns: Column<ListedSession>[] = [
    {
      title: i18n._("Browser"),
      cell: ({ userAgent }) => <span className="break-words">{browserOf(userAgent)}</span>,
      wide: true,
    },
    { title: i18n._("Address"), cell: ({ address }) => address, wide: true },
    { title: i18n._("Since"), cell: ({ createdAt }) => formatDateTime(Date.parse(createdAt)), wide: true },
    { title: i18n._("Last used"), cell: ({ usedAt }) => formatDateTime(Date.parse(usedAt)), wide: true },
    {
      title: i18n._("Second factor"),
      cell: ({ secondFactor }) =>
        secondFactor ? <Badge tone="ok">{i18n._("Shown")}</Badge> : <Badge tone="warn">{i18n._("Missing")}</Badge>,
      wide: true,
    },
    {
      title: i18n._("Action"),
      cell: ({ id, current }) =>
        current ? (
          <Badge tone="accent">{i18n._("This browser")}</Badge>
        ) : (
          <Button look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate(id)}>
            {i18n._("End session")}
          </Button>
        ),
      wide: true,
    },
  ];
  return (
    <Card
      title={i18n._("Sessions")}
      lead={i18n._("This one ends at {time}, whatever happens.", { time: formatDateTime(Date.parse(expiresAt)) })}
    >
      <div className="space-y-3">
        <AdminError error={error ?? revoke.error} />
        {!data && !error && <Skeleton lines={4} />}
        {data && (
          <Table caption={i18n._("Sessions of this account")} columns={columns} rows={data} rowKey={({ id }) => id} />
        )}
      </div>
    </Card>
  );
}

/** What a person calls it, where the header tells: Chrome on Linux. */
function browserOf(userAgent: string): string {
  const browsers = ["Firefox", "Edg", "OPR", "Chrome", "Safari"];
  const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];
  const browser = browsers.find((name) => userAgent.includes(name));
  const system = systems.find((name) => userAgent.includes(name));
  if (browser === undefined || system === undefined) return userAgent || i18n._("unknown");
  return i18n._("{browser} on {system}", {
    browser: browser === "Edg" ? "Edge" : browser === "OPR" ? "Opera" : browser,
    system: system === "Mac OS" ? "macOS" : system,
  });
}
