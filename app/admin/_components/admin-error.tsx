"use client";

import { useState } from "react";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatDuration } from "../../_shared/node/format";
import { useNow } from "../../_shared/node/use-now";
import { Alert } from "../../_shared/ui/alert";
import { hasCode, isAway } from "../_hooks/backbone";

/** What went wrong between this page, the backbone and the issuer, and what to do next. */
export function AdminError({ error }: { error: unknown }) {
  if (!error) return null;
  if (isAway(error)) {
    return (
      <Alert tone="bad" title="The backbone does not answer.">
        What you see is its last answer. This page goes on by itself once it is back.
      </Alert>
    );
  }
  if (hasCode(error, "NOT_FOUND")) {
    return (
      <Alert tone="bad" title="No backbone answers at this address.">
        Open the page at the address that <code className="font-mono">admin.pageUrl</code> names.
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
    <Alert tone={over ? "info" : "bad"} title={over ? "You can try again now." : error.message}>
      {!over && (
        <p>
          Try again in <span className="tabular-nums">{formatDuration(left)}</span>.
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
