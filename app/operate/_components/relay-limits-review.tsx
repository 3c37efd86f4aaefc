"use client";

import { useEffect, useRef } from "react";
import type { useChangeSettings } from "../../_shared/node/settings";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Fact, Facts } from "../../_shared/ui/facts";
import type { LimitChange } from "../_hooks/relay-limits";

interface RelayLimitsReviewProps {
  changes: readonly LimitChange[];
  save: ReturnType<typeof useChangeSettings>;
  onClose: () => void;
}

/** What will be written, as it is and as it will be. */
export function RelayLimitsReview({ changes, save, onClose }: RelayLimitsReviewProps) {
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => start.current?.focus(), []);
  return (
    <div ref={start} tabIndex={-1} className="max-w-2xl space-y-4 outline-none">
      <Facts>
        {changes.map(({ name, title, before, after }) => (
          <Fact key={name} name={title}>
            {before} → <strong>{after}</strong>
          </Fact>
        ))}
      </Facts>
      <p className="text-muted text-sm">
        {i18n._("Written to the daemon's config.yaml, and kept to at once. Nothing is signed.")}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={save.isPending} onClick={() => save.mutate(changes, { onSuccess: onClose })}>
          {i18n._("Save caps")}
        </Button>
        <Button disabled={save.isPending} onClick={onClose}>
          {i18n._("Back")}
        </Button>
      </div>
    </div>
  );
}
