"use client";

import { useRouter } from "next/navigation";
import { type ComponentType, useEffect, useRef } from "react";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import type { WelcomeStep } from "../../../node/api/vocabulary.ts";
import type { Welcome } from "../../../node/api/welcome.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { useWelcomeAction } from "../../_shared/node/welcome";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { BackupStep } from "./backup-step";
import { DoneStep } from "./done-step";
import { NetworkStep } from "./network-step";
import { ServiceStep } from "./service-step";
import { StepList } from "./step-list";
import type { StepProps } from "./step-props";
import { TermsStep } from "./terms-step";
import { WalletStep } from "./wallet-step";

const screens: Record<WelcomeStep, ComponentType<StepProps>> = {
  terms: TermsStep,
  backup: BackupStep,
  wallet: WalletStep,
  network: NetworkStep,
  service: ServiceStep,
  done: DoneStep,
};

/** One step a screen. Where the owner is, the daemon knows: any browser goes on there. */
export function Wizard({ welcome, status }: { welcome: Welcome; status: NodeStatus }) {
  const enter = useWelcomeAction("enterStep");
  const leave = useWelcomeAction("leaveWelcome");
  const router = useRouter();
  const { version, accepted } = welcome.terms;
  const mayGoOn = accepted?.version === version;
  const step = mayGoOn ? welcome.step : "terms";
  const Screen = screens[step];
  const screen = useFocusOnChange(step);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[14rem_minmax(0,44rem)]">
      <div className="space-y-3">
        <StepList current={step} mayGoOn={mayGoOn} onChoose={(chosen) => enter.mutate({ step: chosen })} />
        <Button
          look="ghost"
          className="text-sm"
          busy={leave.isPending}
          onClick={() => leave.mutate({}, { onSuccess: () => router.push("/") })}
        >
          {welcome.opensByItself ? i18n._("Set up later") : i18n._("To the overview")}
        </Button>
      </div>
      <div ref={screen} tabIndex={-1} className="min-w-0 space-y-3 outline-none">
        <ErrorAlert error={enter.error ?? leave.error} />
        <Screen
          welcome={welcome}
          status={status}
          busy={enter.isPending}
          goTo={(next, service) => enter.mutate({ step: next, service })}
        />
      </div>
    </div>
  );
}

/** What is new on the screen is where the next key press belongs; the page's first screen leaves the focus alone. */
function useFocusOnChange(step: WelcomeStep) {
  const screen = useRef<HTMLDivElement>(null);
  const before = useRef(step);
  useEffect(() => {
    if (before.current === step) return;
    before.current = step;
    screen.current?.focus();
  }, [step]);
  return screen;
}
