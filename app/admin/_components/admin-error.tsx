"use client";

import { Trans } from "@lingui/react";
import { useState } from "react";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatDuration } from "../../_shared/node/format";
import { useNow } from "../../_shared/node/use-now";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { hasCode, isAway } from "../_hooks/backbone";

/** What went wrong between this page, the backbone and the issuer, and what to do next. */
export function AdminError({ error }: { error: unknown }) {
  if (!error) return null;
  if (isAway(error)) {
    return (
      <Alert tone="bad" title={i18n._("The backbone does not answer.")}>
        {i18n._("What you see is its last answer. This page goes on by itself once it is back.")}
      </Alert>
    );
  }
  if (hasCode(error, "NOT_FOUND")) {
    return (
      <Alert tone="bad" title={i18n._("No backbone answers at this address.")}>
        <Trans
          id="Open the page at the address that <0>admin.pageUrl</0> names."
          components={{ 0: <code className="font-mono" /> }}
        />
      </Alert>
    );
  }
  if (isWait(error)) return <Wait key={error.message} error={error} />;
  return <ErrorAlert error={error} />;
}

const isWait = (error: unknown): error is ShadowMeshError =>
  ShadowMeshError.is(error) && typeof error.details.retryAfterMs === "number";

/** Too many attempts: says how long to wait, second by second. */
function Wait({ error }: { error: ShadowMeshError }) {
  const left = useWaitMs(error);
  const over = left === 0;
  return (
    <Alert tone={over ? "info" : "bad"} title={over ? i18n._("You can try again now.") : error.message}>
      {!over && (
        <p>
          <Trans
            id="Try again in <0>{time}</0>."
            values={{ time: formatDuration(left) }}
            components={{ 0: <span className="tabular-nums" /> }}
          />
        </p>
      )}
    </Alert>
  );
}

/** For how long an error still asks to wait, in milliseconds; 0 where it does not. */
export function useWaitMs(error: unknown): number {
  const now = useNow() ?? 0;
  const [since, setSince] = useState<{ error: unknown; atMs: number } | null>(null);
  if (!isWait(error)) return 0;
  if (since?.error !== error) {
    if (now > 0) setSince({ error, atMs: Date.now() });
    return Number(error.details.retryAfterMs);
  }
  return Math.max(0, since.atMs + Number(error.details.retryAfterMs) - now);
}
