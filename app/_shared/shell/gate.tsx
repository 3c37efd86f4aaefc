"use client";

import type { ReactNode } from "react";
import { ErrorAlert } from "../node/error-alert";
import { useSession } from "../node/session";
import { Skeleton } from "../ui/skeleton";
import { useUnhurried } from "../ui/use-unhurried";
import { NoDaemon } from "./no-daemon";
import { SignIn } from "./sign-in";

/** Shows its children to the daemon's owner; everybody else learns how to get in. */
export function Gate({ children, instead }: { children: ReactNode; instead?: ReactNode }) {
  const session = useSession();
  const ready = useUnhurried(session.data !== undefined);
  if (!session.data || !ready) return session.error ? <ErrorAlert error={session.error} /> : <Skeleton lines={6} />;
  if (!session.data.daemonAnswers) return <NoDaemon />;
  if (session.data.signedIn) return children;
  return (
    <div className="space-y-4">
      <SignIn linkError={session.data.linkError} />
      {instead}
    </div>
  );
}
