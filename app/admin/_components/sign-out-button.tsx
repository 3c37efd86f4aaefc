"use client";

import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { useSignOut } from "../_hooks/use-admin-session";

export function SignOutButton() {
  const signOut = useSignOut();
  return (
    <Button look="ghost" busy={signOut.isPending} onClick={() => signOut.mutate()}>
      {signOut.error ? i18n._("Sign out failed: try again") : i18n._("Sign out")}
    </Button>
  );
}
