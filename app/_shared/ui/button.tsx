import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";
import { Link } from "./link";

type Look = "primary" | "secondary" | "ghost" | "danger";

const looks: Record<Look, string> = {
  primary: "bg-accent text-accent-ink border-transparent hover:brightness-110",
  secondary: "bg-surface text-text border-line-strong/60 hover:bg-raised",
  ghost: "bg-transparent text-text border-transparent hover:bg-raised",
  danger: "bg-surface text-bad border-bad/60 hover:bg-bad-soft",
};

export function buttonClass(look: Look = "secondary", className?: string): string {
  return cx(
    "inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 py-1.5 font-medium text-[0.93rem]",
    "transition-colors disabled:cursor-not-allowed disabled:opacity-55",
    looks[look],
    className,
  );
}

interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  /** Shows a turning mark and takes no clicks. */
  busy?: boolean;
}

export function Button({ look, busy = false, className, children, disabled, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      className={buttonClass(look, className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...props}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  );
}

export function ButtonLink({ href, look, children }: { href: string; look?: Look; children: ReactNode }) {
  return (
    <Link href={href} className={buttonClass(look)}>
      {children}
    </Link>
  );
}
