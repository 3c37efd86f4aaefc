"use client";

import { useMutation } from "@tanstack/react-query";
import type { DiagnosticsBundle } from "../../../node/api/diagnostics.ts";
import { client } from "../../_shared/node/client";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatDateTime, formatNumber } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { cx } from "../../_shared/ui/cx";
import { download } from "../../_shared/ui/download";
import { controlClass } from "../../_shared/ui/input";

/** Makes the file that goes with a bug report, lets its owner read it first, and saves it. */
export function BundleCard() {
  const making = useMutation({ mutationFn: () => client.call("diagnostics", {}) });
  const { data } = making;
  return (
    <Card
      title={i18n._("Report")}
      lead={i18n._(
        "Version, machine, status, the options that you changed and the newest log lines. Secrets, IP addresses, keys in URLs and your folders are left out.",
      )}
    >
      <div className="grid gap-3">
        <div className="flex flex-wrap gap-2">
          <Button look={data ? "secondary" : "primary"} busy={making.isPending} onClick={() => making.mutate()}>
            {data ? i18n._("Make it anew") : i18n._("Make a report")}
          </Button>
          {data && (
            <Button look="primary" onClick={() => save(data)}>
              {i18n._("Save as a file")}
            </Button>
          )}
        </div>
        {making.error && <ErrorAlert error={making.error} />}
        {data && (
          <>
            <Alert tone="info" title={i18n._("Read it before you attach it anywhere.")}>
              {i18n._(
                "Made {time}, with {count} log lines. It names your peer ID and your operator's address, which are public on the chain.",
                { time: formatDateTime(data.madeAtMs), count: formatNumber(data.log.length) },
              )}
            </Alert>
            <textarea
              readOnly
              aria-label={i18n._("Content of the report")}
              rows={18}
              className={cx(controlClass, "font-mono text-xs")}
              value={JSON.stringify(data, null, 2)}
            />
          </>
        )}
      </div>
    </Card>
  );
}

function save(bundle: DiagnosticsBundle): void {
  const at = new Date(bundle.madeAtMs).toISOString().slice(0, 19).replaceAll(":", "");
  download(`shadowmesh-diagnostics-${at}.json`, "application/json", JSON.stringify(bundle, null, 2));
}
