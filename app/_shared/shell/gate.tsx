"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { ErrorAlert } from "../node/error-alert";
import { sessionKey, useSession } from "../node/session";
import { troubleOf } from "../node/trouble";
import { Skeleton } from "../ui/skeleton";
import { useUnhurried } from "../ui/use-unhurried";
import { NoDaemon } from "./no-daemon";
import { Replaced } from "./replaced";
import { SignIn } from "./sign-in";

/** Shows its children to the daemon's owner; everybody else learns how to get in. */
export function Gate({ children, instead }: { children: ReactNode; instead?: ReactNode }) {
  const session = useSession();
  const ready = useUnhurried(session.data !== undefined);
  useLinksOpenedHere();
  if (!session.data?.daemonAnswers && session.error) {
    return troubleOf(session.error) === "replaced" ? <Replaced /> : <ErrorAlert error={session.error} />;
  }
  if (!session.data || !ready) return <Skeleton lines={6} />;
  if (!session.data.daemonAnswers) return <NoDaemon />;
  if (session.data.signedIn) return children;
  return (
    <div className="space-y-4">
      <SignIn linkError={session.data.linkError} />
      {instead}
    </div>
  );
}

/** A link that is opened where this page is already, signed in or not: the browser changes the fragment, and loads nothing. */
function useLinksOpenedHere(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const onHashChange = () => void queryClient.invalidateQueries({ queryKey: sessionKey });
    window.addEventListener("hashchange", onHashChange);
    return () => window.removeEventListener("hashchange", onHashChange);
  }, [queryClient]);
}
