"use client";

import { Check, Copy } from "lucide-react";
import { i18n } from "../text/i18n";
import { cx } from "./cx";
import { useCopied } from "./use-copied";

interface CopyTextProps {
  text: string;
  /** What is shown in place of the whole text. */
  shown?: string;
  /** What the text is: "peer ID". */
  what: string;
  className?: string;
}

/** Monospaced text with a button that copies all of it. */
export function CopyText({ text, shown, what, className }: CopyTextProps) {
  const [copied, copy] = useCopied();
  return (
    <span className={cx("inline-flex max-w-full items-center gap-1", className)}>
      <code title={shown ? text : undefined} className="min-w-0 break-all font-mono text-[0.88em]">
        {shown ?? text}
      </code>
      <button
        type="button"
        aria-label={copied ? i18n._("Copied {what}", { what }) : i18n._("Copy {what}", { what })}
        onClick={() => copy(text)}
        className="grid size-6 shrink-0 place-items-center rounded text-muted hover:bg-raised hover:text-text"
      >
        {copied ? <Check aria-hidden className="size-3.5 text-ok" /> : <Copy aria-hidden className="size-3.5" />}
      </button>
    </span>
  );
}
