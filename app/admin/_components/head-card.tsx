"use client";

import type { AuditVerification } from "../../../node/api/daemon.ts";
import { formatDateTime, formatNumber, shortHex } from "../../_shared/node/format";
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
      title="Head of the log"
      lead="Signed by the backbone over all its events (RFC 6962)."
      aside={
        <Button busy={verify.isPending} onClick={() => verify.mutate()}>
          Verify the log
        </Button>
      }
    >
      <div className="space-y-3">
        <AdminError error={error ?? verify.error} />
        {verify.data && <Verdict {...verify.data} />}
        {!data && !error && <Skeleton lines={3} />}
        {data && (
          <Facts>
            <Fact name="Events">{formatNumber(data.size)}</Fact>
            <Fact name="Root">
              <CopyText text={data.root} shown={shortHex(data.root)} what="root" />
            </Fact>
            <Fact name="Signed">{formatDateTime(data.atMs)}</Fact>
            <Fact name="By">
              <CopyText text={data.peerId} shown={shortHex(data.peerId)} what="peer ID" />
            </Fact>
          </Facts>
        )}
      </div>
    </Card>
  );
}

const kinds: Record<AuditVerification["findings"][number]["kind"], string> = {
  changed: "Changed",
  removed: "Removed",
  inserted: "Inserted",
  subtree: "Hashes changed over",
  rewritten: "Rewritten",
  head: "A signed head is not genuine, over",
};

function Verdict({ size, heads, anchored, findings }: AuditVerification) {
  const onChain = anchored === null ? "no head is on chain yet" : `the head on chain covers ${formatNumber(anchored)}`;
  const against = `${formatNumber(size)} events against ${formatNumber(heads)} signed heads; ${onChain}.`;
  if (findings.length === 0) {
    return (
      <Alert tone="ok" title="The log is as it was written.">
        Checked {against}
      </Alert>
    );
  }
  return (
    <Alert tone="bad" title="Somebody has changed the log.">
      <p>Checked {against} See the guide on incidents for what to do.</p>
      <ul className="mt-1 list-disc pl-5">
        {findings.map(({ kind, from, to }) => (
          <li key={`${kind} ${from} ${to}`}>
            {kinds[kind]} {to - from === 1 ? `event ${from}` : `events ${from} to ${to - 1}`}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
