import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

type Tone = "info" | "ok" | "warn" | "bad";

const looks = {
  info: { icon: Info, box: "border-accent/40 bg-accent-soft", mark: "text-accent" },
  ok: { icon: CircleCheck, box: "border-ok/40 bg-ok-soft", mark: "text-ok" },
  warn: { icon: TriangleAlert, box: "border-warn/40 bg-warn-soft", mark: "text-warn" },
  bad: { icon: CircleAlert, box: "border-bad/40 bg-bad-soft", mark: "text-bad" },
} as const;

interface AlertProps {
  tone?: Tone;
  title: string;
  /** What to do next: text, and a button where there is one. */
  children?: ReactNode;
  action?: ReactNode;
}

/** What happened and what to do; bad news interrupts a screen reader, the rest waits for a pause. */
export function Alert({ tone = "info", title, children, action }: AlertProps) {
  const { icon: Icon, box, mark } = looks[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cx("flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-3.5 py-2.5", box)}
    >
      <Icon aria-hidden className={cx("mt-0.5 size-[1.1rem] shrink-0", mark)} />
      <div className="min-w-0 flex-1 basis-52 break-words text-[0.93rem]">
        <p className="font-semibold">{title}</p>
        {children && <div className="mt-0.5">{children}</div>}
      </div>
      {action}
    </div>
  );
}
