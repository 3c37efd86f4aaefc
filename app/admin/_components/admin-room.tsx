"use client";

import { useState } from "react";
import { i18n } from "../../_shared/text/i18n";
import { useShownOnce } from "../../_shared/text/use-shown-once";
import { Alert } from "../../_shared/ui/alert";
import { Skeleton } from "../../_shared/ui/skeleton";
import { isAway } from "../_hooks/backbone";
import { useAdminState } from "../_hooks/use-admin-session";
import { AdminError } from "./admin-error";
import { Dashboard } from "./dashboard";
import { Enrol } from "./enrol";
import { RecoveryCodes } from "./recovery-codes";
import { SecondFactor } from "./second-factor";
import { SignedOut } from "./signed-out";

/** Leads from the issuer over the second factor to what an admin sees. */
export function AdminRoom() {
  const { data: state, error } = useAdminState();
  /** Before anything else. */
  const [codes, setCodes] = useShownOnce<readonly string[]>("recovery codes");
  const [codesLeft, setCodesLeft] = useState<number | null>(null);

  if (!state) return error ? <AdminError error={error} /> : <Skeleton lines={6} />;
  if (codes !== null) return <RecoveryCodes codes={codes} onSaved={() => setCodes(null)} />;
  return (
    <div className="space-y-4">
      {isAway(error) && <AdminError error={error} />}
      {state.step === "signed-out" && <SignedOut ended={state.ended} error={state.error} />}
      {state.step === "enrol" && <Enrol session={state.session} onRecoveryCodes={setCodes} />}
      {state.step === "code" && (
        <SecondFactor session={state.session} onRecoveryCodes={setCodes} onRecovered={setCodesLeft} />
      )}
      {state.step === "in" && (
        <>
          {codesLeft !== null && (
            <Alert tone="warn" title={i18n._("You used a recovery code; {codesLeft} are left.", { codesLeft })}>
              {i18n._("If the authenticator is lost, replace it under Account: whoever finds it could use it.")}
            </Alert>
          )}
          <Dashboard session={state.session} onRecoveryCodes={setCodes} />
        </>
      )}
    </div>
  );
}
