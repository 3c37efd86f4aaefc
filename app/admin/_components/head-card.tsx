"use client";

import type { AuditVerification } from "../../../node/api/daemon.ts";
import { formatDateTime, formatNumber, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useAuditHead, useVerifyLog } from "../_hooks/use-audit";
import { AdminError } from "./admin-error";

/** The log's head: as long as a head that somebody kept fits, nobody has changed what is under it. */
export function HeadCard({ awake }: { awake: boolean }) {
  const { data, error } = useAuditHead(awake);
  const verify = useVerifyLog();
  return (
    <Card
      title={i18n._("Head of the log")}
      lead={i18n._("Signed by the backbone over all its events (RFC 6962).")}
      aside={
        <Button busy={verify.isPending} onClick={() => verify.mutate()}>
          {i18n._("Verify the log")}
        </Button>
      }
    >
      <div className="space-y-3">
        <AdminError error={error ?? verify.error} />
        {verify.data && <Verdict {...verify.data} />}
        {!data && !error && <Skeleton lines={3} />}
        {data && (
          <Facts>
            <Fact name={i18n._("Events")}>{formatNumber(data.size)}</Fact>
            <Fact name={i18n._("Root")}>
              <CopyText text={data.root} shown={shortHex(data.root)} what={i18n._("root")} />
            </Fact>
            <Fact name={i18n._("Signed")}>{formatDateTime(data.atMs)}</Fact>
            <Fact name={i18n._("By")}>
              <CopyText text={data.peerId} shown={shortHex(data.peerId)} what={i18n._("peer ID")} />
            </Fact>
          </Facts>
        )}
      </div>
    </Card>
  );
}

const kinds: Record<AuditVerification["findings"][number]["kind"], string> = {
  changed: /*i18n*/ "Changed {events}",
  removed: /*i18n*/ "Removed {events}",
  inserted: /*i18n*/ "Inserted {events}",
  subtree: /*i18n*/ "Hashes changed over {events}",
  rewritten: /*i18n*/ "Rewritten {events}",
  head: /*i18n*/ "A signed head is not genuine, over {events}",
};

function Verdict({ size, heads, anchored, findings }: AuditVerification) {
  const checked =
    anchored === null
      ? i18n._("Checked {size} events against {heads} signed heads; no head is on chain yet.", {
          size: formatNumber(size),
          heads: formatNumber(heads),
        })
      : i18n._("Checked {size} events against {heads} signed heads; the head on chain covers {anchored}.", {
          size: formatNumber(size),
          heads: formatNumber(heads),
          anchored: formatNumber(anchored),
        });
  if (findings.length === 0) {
    return (
      <Alert tone="ok" title={i18n._("The log is as it was written.")}>
        {checked}
      </Alert>
    );
  }
  return (
    <Alert tone="bad" title={i18n._("Somebody has changed the log.")}>
      <p>
        {checked} {i18n._("See the guide on incidents for what to do.")}
      </p>
      <ul className="mt-1 list-disc pl-5">
        {findings.map(({ kind, from, to }) => (
          <li key={`${kind} ${from} ${to}`}>
            {i18n._(kinds[kind], {
              events:
                to - from === 1
                  ? i18n._("event {from}", { from })
                  : i18n._("events {from} to {to}", { from, to: to - 1 }),
            })}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
