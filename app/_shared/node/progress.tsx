"use client";

import { Check, Circle, LoaderCircle, X } from "lucide-react";
import type { ProgressStep } from "../../../node/api/daemon.ts";
import { i18n } from "../text/i18n";
import { cx } from "../ui/cx";
import { Tip } from "../ui/tip";
import { formatDuration, formatMs, formatTime } from "./format";
import { useNow } from "./use-now";

const titles: Record<ProgressStep["step"], string> = {
  registered: /*i18n*/ "Registered on chain",
  joined: /*i18n*/ "Joined the overlay",
  authenticated: /*i18n*/ "Authenticated with the backbone",
  found: /*i18n*/ "Found by others",
};

/** What the words in a title mean. */
const tips: Partial<Record<ProgressStep["step"], { about: string; text: string }>> = {
  joined: {
    about: /*i18n*/ "the overlay",
    text: /*i18n*/ "The network that nodes form among themselves over the internet, encrypted against quantum computers, too.",
  },
  authenticated: {
    about: /*i18n*/ "backbones",
    text: /*i18n*/ "Nodes that keep the list of all nodes and measure them. Yours proves to one of them, by its signature, who it is.",
  },
};

const looks = {
  waiting: { icon: Circle, className: "border-line-strong text-muted", word: /*i18n*/ "waiting" },
  active: { icon: LoaderCircle, className: "border-accent text-accent", word: /*i18n*/ "in progress" },
  done: { icon: Check, className: "border-ok bg-ok-soft text-ok", word: /*i18n*/ "done" },
  failed: { icon: X, className: "border-bad bg-bad-soft text-bad", word: /*i18n*/ "failed" },
} as const;

/** A node's way from its registration to being found by others; changes are read out. */
export function Progress({ steps }: { steps: readonly ProgressStep[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: Safari drops the role of a list without bullets
    <ol role="list" aria-label={i18n._("Progress")} aria-live="polite" className="relative">
      {steps.map((step, index) => (
        <Step key={step.step} step={step} before={steps[index - 1] ?? null} last={index === steps.length - 1} />
      ))}
    </ol>
  );
}

function Step({ step, before, last }: { step: ProgressStep; before: ProgressStep | null; last: boolean }) {
  const { icon: Icon, className, word } = looks[step.state];
  const tip = tips[step.step];
  return (
    <li data-state={step.state} className="relative flex gap-3 pb-4 last:pb-0">
      {!last && <span aria-hidden className="absolute top-7 bottom-0.5 left-[0.82rem] w-px bg-line-strong/50" />}
      <span aria-hidden className={cx("grid size-[1.7rem] shrink-0 place-items-center rounded-full border", className)}>
        <Icon className={cx("size-3.5", step.state === "active" && "animate-spin")} />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-3">
          <div className="flex min-w-0 items-center gap-1">
            <p className={cx("font-medium", step.state === "waiting" && "text-muted")}>
              {i18n._(titles[step.step])}
              <span className="sr-only">: {i18n._(word)}</span>
            </p>
            {tip && <Tip about={i18n._(tip.about)}>{i18n._(tip.text)}</Tip>}
          </div>
          <Elapsed step={step} before={before} />
        </div>
        {step.detail && <p className="break-words text-muted text-sm">{step.detail}</p>}
        {step.errorCode && <p className="font-mono text-bad text-xs">{step.errorCode}</p>}
      </div>
    </li>
  );
}

/** A running step counts; a finished one says how long it took. Kept out of the live region: a clock is no news. */
function Elapsed({ step, before }: { step: ProgressStep; before: ProgressStep | null }) {
  const now = useNow();
  if (step.atMs === null || now === null || step.state === "waiting") return null;
  const span = before?.atMs != null ? step.atMs - before.atMs : null;
  const text =
    step.state === "active"
      ? formatDuration(now - step.atMs)
      : step.state === "done" && span !== null && span >= 0 && span < 3_600_000
        ? span < 10
          ? i18n._("at once")
          : i18n._("after {span}", { span: formatMs(span) })
        : formatTime(step.atMs);
  return (
    <time
      aria-live="off"
      dateTime={new Date(step.atMs).toISOString()}
      className="shrink-0 text-muted text-xs tabular-nums"
    >
      {text}
    </time>
  );
}
