"use client";

import { Button } from "../../_shared/ui/button";
import { useSignOut } from "../_hooks/use-admin-session";

export function SignOutButton() {
  const signOut = useSignOut();
  return (
    <Button look="ghost" busy={signOut.isPending} onClick={() => signOut.mutate()}>
      {signOut.error ? "Sign out failed: try again" : "Sign out"}
    </Button>
  );
}
