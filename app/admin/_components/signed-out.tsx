"use client";

import type { ShadowMeshError } from "../../../node/core/errors.ts";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { useSignIn } from "../_hooks/use-admin-session";
import { AdminError, useWaitMs } from "./admin-error";

/** The way in, and why one is out. */
export function SignedOut({ ended, error }: { ended: boolean; error: ShadowMeshError | null }) {
  const signIn = useSignIn();
  const trouble = signIn.error ?? error;
  const waitMs = useWaitMs(trouble);
  return (
    <Card title={i18n._("Sign in as an admin")} className="max-w-xl">
      <div className="space-y-3">
        {ended && (
          <Alert tone="warn" title={i18n._("Your session has ended.")}>
            {i18n._("It was not used for too long, has reached its full length, or was ended from another browser.")}
          </Alert>
        )}
        <AdminError error={trouble} />
        <p>
          {i18n._(
            "First you sign in where your organisation keeps its accounts, then you show a code of your authenticator.",
          )}
        </p>
        <Button
          look="primary"
          busy={signIn.isPending || signIn.isSuccess}
          disabled={waitMs > 0}
          onClick={() => signIn.mutate()}
        >
          {i18n._("Sign in")}
        </Button>
      </div>
    </Card>
  );
}
