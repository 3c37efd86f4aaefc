"use client";

import { Trans } from "@lingui/react";
import { useState } from "react";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { isWaiting, useChangeSettings, useSettings } from "../../_shared/node/settings";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import {
  hasErrors,
  type LimitChange,
  type LimitSettings,
  limitChanges,
  limitSettings,
  limitsOf,
} from "../_hooks/relay-limits";
import { RelayLimitsFields } from "./relay-limits-fields";
import { RelayLimitsReview } from "./relay-limits-review";

/** How much of the line relaying may use, and when: kept by the daemon, and no matter of the contract. */
export function RelayLimits() {
  const { data, error } = useSettings();
  const ready = useUnhurried(data !== undefined);
  const settings = data && ready ? limitSettings(data.settings) : null;
  // Kept here: where a later one is refused, the fields begin anew with what was written before it.
  const save = useChangeSettings();
  return (
    <Card
      title={i18n._("Caps on relaying")}
      lead={i18n._(
        "What relaying for others may use of this machine's line, in both directions together. The daemon keeps to it; others do not see it.",
      )}
    >
      {!settings && (error ? <ErrorAlert error={error} /> : <Skeleton lines={5} />)}
      {/* What was written last is where the fields begin. */}
      {settings && <Form key={JSON.stringify(limitsOf(settings))} settings={settings} save={save} />}
      <ErrorAlert error={save.error} />
    </Card>
  );
}

function Form({ settings, save }: { settings: LimitSettings; save: ReturnType<typeof useChangeSettings> }) {
  const before = limitsOf(settings);
  const [limits, setLimits] = useState(before);
  const [reviewed, setReviewed] = useState<readonly LimitChange[] | null>(null);
  const changes = limitChanges(before, limits);
  const close = () => {
    setReviewed(null);
    save.reset();
  };
  if (reviewed !== null) return <RelayLimitsReview changes={reviewed} save={save} onClose={close} />;
  return (
    <div className="space-y-4">
      {Object.values(settings).some(isWaiting) && (
        <Alert tone="warn" title={i18n._("What is set here holds from the next start of the daemon.")}>
          <Trans
            id="Stop the daemon and start it again, as you started it: <0>shadowmesh stop</0>, then <1>shadowmesh up</1>, or your service manager's restart."
            components={{ 0: <code />, 1: <code /> }}
          />
        </Alert>
      )}
      <RelayLimitsFields
        settings={settings}
        limits={limits}
        onChange={(part) => setLimits((old) => ({ ...old, ...part }))}
      />
      <Button look="primary" disabled={changes.length === 0 || hasErrors(limits)} onClick={() => setReviewed(changes)}>
        {i18n._("Check caps")}
      </Button>
    </div>
  );
}
