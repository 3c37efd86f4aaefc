"use client";

import { useState } from "react";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import type { AdminSession } from "../_hooks/use-admin-session";
import { useRecover, useVerify } from "../_hooks/use-second-factor";
import { CodeForm } from "./code-form";
import { SignOutButton } from "./sign-out-button";

interface SecondFactorProps {
  session: AdminSession;
  onRecoveryCodes: (codes: readonly string[]) => void;
  onRecovered: (codesLeft: number) => void;
}

/** The second step of a sign-in: a code of the authenticator or, where it is lost, a recovery code. */
export function SecondFactor({ session, onRecoveryCodes, onRecovered }: SecondFactorProps) {
  const verify = useVerify(onRecoveryCodes);
  const recover = useRecover(onRecovered);
  const [lost, setLost] = useState(false);
  return (
    <Card
      title={i18n._("Show your second factor")}
      lead={i18n._("Signed in as {email}", { email: session.email ?? session.subject })}
      aside={<SignOutButton />}
      className="max-w-xl"
    >
      <div className="space-y-4">
        {lost ? (
          <CodeForm
            key="recovery"
            label={i18n._("Recovery code")}
            hint={i18n._("One of the ten that were shown when you set up the authenticator. Each works once.")}
            kind="recovery"
            busy={recover.isPending}
            error={recover.error}
            onCode={recover.mutate}
          />
        ) : (
          <CodeForm
            key="authenticator"
            label={i18n._("Code of your authenticator")}
            hint={i18n._("Six digits. Each code works once.")}
            kind="authenticator"
            busy={verify.isPending}
            error={verify.error}
            onCode={verify.mutate}
          />
        )}
        <div className="border-line border-t pt-3">
          <Button look="ghost" onClick={() => setLost(!lost)}>
            {lost ? i18n._("Use the authenticator") : i18n._("Use a recovery code")}
          </Button>
        </div>
      </div>
    </Card>
  );
}
