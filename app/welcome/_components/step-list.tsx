import { Check } from "lucide-react";
import { type WelcomeStep, welcomeSteps } from "../../../node/api/vocabulary.ts";
import { i18n } from "../../_shared/text/i18n";
import { cx } from "../../_shared/ui/cx";

const titles: Record<WelcomeStep, string> = {
  terms: /*i18n*/ "Terms",
  backup: /*i18n*/ "Recovery phrase",
  wallet: /*i18n*/ "Wallet",
  network: /*i18n*/ "Network check",
  service: /*i18n*/ "Service",
  done: /*i18n*/ "Done",
};

interface StepListProps {
  current: WelcomeStep;
  /** Whether the steps behind the first are open. */
  mayGoOn: boolean;
  onChoose: (step: WelcomeStep) => void;
}

/** All steps, with the present one marked; any may be looked at again. */
export function StepList({ current, mayGoOn, onChoose }: StepListProps) {
  const at = welcomeSteps.indexOf(current);
  return (
    <ol aria-label={i18n._("Steps")} className="flex gap-0.5 sm:gap-1 lg:flex-col">
      {welcomeSteps.map((step, index) => (
        <li key={step} className={step === current ? "min-w-0" : "shrink-0"}>
          <button
            type="button"
            disabled={!mayGoOn && step !== "terms"}
            aria-current={step === current ? "step" : undefined}
            onClick={() => onChoose(step)}
            className={cx(
              "flex w-full items-center gap-2.5 whitespace-nowrap rounded-md px-2 py-2 font-medium text-[0.93rem] sm:px-2.5",
              step === current ? "bg-accent-soft text-accent" : "text-muted enabled:hover:bg-raised",
            )}
          >
            <span
              aria-hidden
              className={cx(
                "grid size-5 shrink-0 place-items-center rounded-full border text-xs",
                step === current ? "border-accent" : index < at ? "border-ok text-ok" : "border-line-strong/60",
              )}
            >
              {index < at ? <Check className="size-3" /> : index + 1}
            </span>
            {/* A phone has room for one title. */}
            <span className={step === current ? "truncate" : "max-lg:sr-only"}>{i18n._(titles[step])}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
