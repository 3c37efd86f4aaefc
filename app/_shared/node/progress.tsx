"use client";

import { Check, Circle, LoaderCircle, X } from "lucide-react";
import type { ProgressStep } from "../../../node/api/daemon.ts";
import { cx } from "../ui/cx";
import { formatDuration, formatMs, formatTime } from "./format";
import { useNow } from "./use-now";

const titles: Record<ProgressStep["step"], string> = {
  registered: "Registered on chain",
  joined: "Joined the overlay",
  authenticated: "Authenticated with the backbone",
  found: "Found by others",
};

const looks = {
  waiting: { icon: Circle, className: "border-line-strong text-muted", word: "waiting" },
  active: { icon: LoaderCircle, className: "border-accent text-accent", word: "in progress" },
  done: { icon: Check, className: "border-ok bg-ok-soft text-ok", word: "done" },
  failed: { icon: X, className: "border-bad bg-bad-soft text-bad", word: "failed" },
} as const;

/** A node's way from its registration to being found by others; changes are read out. */
export function Progress({ steps }: { steps: readonly ProgressStep[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: Safari drops the role of a list without bullets
    <ol role="list" aria-label="Progress" aria-live="polite" className="relative">
      {steps.map((step, index) => (
        <Step key={step.step} step={step} before={steps[index - 1] ?? null} last={index === steps.length - 1} />
      ))}
    </ol>
  );
}

function Step({ step, before, last }: { step: ProgressStep; before: ProgressStep | null; last: boolean }) {
  const { icon: Icon, className, word } = looks[step.state];
  return (
    <li data-state={step.state} className="relative flex gap-3 pb-4 last:pb-0">
      {!last && <span aria-hidden className="absolute top-7 bottom-0.5 left-[0.82rem] w-px bg-line-strong/50" />}
      <span aria-hidden className={cx("grid size-[1.7rem] shrink-0 place-items-center rounded-full border", className)}>
        <Icon className={cx("size-3.5", step.state === "active" && "animate-spin")} />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-3">
          <p className={cx("font-medium", step.state === "waiting" && "text-muted")}>
            {titles[step.step]}
            <span className="sr-only">: {word}</span>
          </p>
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
          ? "at once"
          : `after ${formatMs(span)}`
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
