"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { useWelcome } from "../_shared/node/welcome";
import { i18n } from "../_shared/text/i18n";
import { Alert } from "../_shared/ui/alert";
import { ButtonLink } from "../_shared/ui/button";
import { Skeleton } from "../_shared/ui/skeleton";

/** A new node begins with Welcome; what was left open there comes first afterwards. */
export function WelcomeFirst({ children }: { children: ReactNode }) {
  const { data, isPending } = useWelcome();
  const router = useRouter();
  const opens = data?.opensByItself === true;
  useEffect(() => {
    if (opens) router.replace("/welcome/");
  }, [opens, router]);
  if (isPending || opens) return <Skeleton lines={8} />;
  const { phrase } = data ?? {};
  const unsaved = phrase && phrase.confirmedAtMs === null && (phrase.skipped || !phrase.shown);
  return (
    <div className="grid gap-4">
      {unsaved && (
        <Alert
          tone="warn"
          title={i18n._("This node has no backup.")}
          action={<ButtonLink href="/welcome/?step=backup">{i18n._("Back it up")}</ButtonLink>}
        >
          {i18n._("Its recovery phrase was never confirmed: a broken disk would end the node.")}
        </Alert>
      )}
      {children}
    </div>
  );
}
