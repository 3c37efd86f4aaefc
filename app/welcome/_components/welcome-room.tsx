"use client";

import { useEffect } from "react";
import { type WelcomeStep, welcomeSteps } from "../../../node/api/vocabulary.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { useStatus } from "../../_shared/node/queries";
import { useWelcome, useWelcomeAction } from "../../_shared/node/welcome";
import { Gate } from "../../_shared/shell/gate";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { Wizard } from "./wizard";

export function WelcomeRoom() {
  return (
    <Gate>
      <WithState />
    </Gate>
  );
}

function WithState() {
  const welcome = useWelcome();
  const status = useStatus();
  const { mutate: enter } = useWelcomeAction("enterStep");
  useEffect(() => {
    const step = takeStep();
    if (step) enter({ step });
  }, [enter]);
  const error = welcome.error ?? status.error;
  const ready = useUnhurried(welcome.data !== undefined && status.data !== undefined);
  if (!welcome.data || !status.data || !ready) return error ? <ErrorAlert error={error} /> : <Skeleton lines={8} />;
  return <Wizard welcome={welcome.data} status={status.data} />;
}

/** A link from elsewhere may name a step; the daemon keeps it from then on. */
function takeStep(): WelcomeStep | undefined {
  const url = new URL(window.location.href);
  const asked = url.searchParams.get("step");
  url.searchParams.delete("step");
  window.history.replaceState(window.history.state, "", url);
  return welcomeSteps.find((step) => step === asked);
}
