"use client";

import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { later } from "../../_shared/ui/later";
import type { AdminSession } from "../_hooks/use-admin-session";
import { useEnrol, useVerify } from "../_hooks/use-second-factor";
import { AdminError } from "./admin-error";
import { CodeForm } from "./code-form";
import { SignOutButton } from "./sign-out-button";

const QrCode = later(() => import("./qr-code").then((module) => module.QrCode), {
  loading: () => <div className="size-52 animate-pulse rounded-md bg-raised" />,
});

interface EnrolProps {
  session: AdminSession;
  onRecoveryCodes: (codes: readonly string[]) => void;
}

/** The first sign-in: the account gets its second factor. */
export function Enrol({ session, onRecoveryCodes }: EnrolProps) {
  return (
    <Card
      title={i18n._("Set up your second factor")}
      lead={i18n._("Signed in as {email}", { email: session.email ?? session.subject })}
      aside={<SignOutButton />}
      className="max-w-2xl"
    >
      <div className="space-y-4">
        <p>
          {i18n._(
            "Each sign-in needs a code of an authenticator app, such as Aegis, Google Authenticator or 1Password. This account has none yet.",
          )}
        </p>
        <NewAuthenticator onRecoveryCodes={onRecoveryCodes} button={i18n._("Set up authenticator")} />
      </div>
    </Card>
  );
}

/** A new secret as QR code and as text; it counts once a code of it was shown. */
export function NewAuthenticator({
  onRecoveryCodes,
  button,
}: {
  onRecoveryCodes: EnrolProps["onRecoveryCodes"];
  button: string;
}) {
  const { otpauthUri, enrol, forget } = useEnrol();
  const verify = useVerify((codes) => {
    forget();
    onRecoveryCodes(codes);
  });
  if (otpauthUri === null) {
    return (
      <div className="space-y-3">
        <AdminError error={enrol.error} />
        <Button look="primary" busy={enrol.isPending} onClick={() => enrol.mutate()}>
          {button}
        </Button>
      </div>
    );
  }
  const secret = new URL(otpauthUri).searchParams.get("secret") ?? "";
  return (
    <div className="grid gap-x-6 gap-y-4 sm:grid-cols-[auto_1fr]">
      <QrCode text={otpauthUri} label={i18n._("QR code for the authenticator")} />
      <div className="min-w-0 space-y-4">
        <div>
          <p className="font-medium text-[0.93rem]">{i18n._("1. Scan the code, or type the secret")}</p>
          <CopyText
            text={secret}
            shown={inGroups(secret)}
            what={i18n._("secret")}
            className="mt-1 [&_code]:break-normal"
          />
          <p className="mt-1 text-muted text-sm">
            {i18n._("It is shown this once. Time-based, six digits, 30 seconds.")}
          </p>
        </div>
        <CodeForm
          label={i18n._("2. Type the code that it shows")}
          hint={i18n._("Six digits; a new code comes each half minute.")}
          kind="authenticator"
          busy={verify.isPending}
          error={verify.error}
          onCode={verify.mutate}
        />
      </div>
    </div>
  );
}

const inGroups = (secret: string) => secret.match(/.{1,4}/g)?.join(" ") ?? secret;
