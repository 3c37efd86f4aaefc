"use client";

import { X } from "lucide-react";
import * as Radix from "radix-ui/dialog";
import { type ReactNode, useRef } from "react";
import { i18n } from "../text/i18n";
import { cx } from "./cx";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** @default true: most dialogs are rendered while they are open, and no longer */
  open?: boolean;
  /** Title and description are for those who do not see the page; the content draws its own head. */
  bare?: boolean;
  description?: string;
  children: ReactNode;
}

/**
 * A modal dialog: in the middle of a wide screen, at the lower edge of a phone. It keeps the focus inside and gives it
 * back; Escape, and a press beside it, close it.
 */
export function Dialog({ title, onClose, open = true, bare = false, description, children }: DialogProps) {
  // Radix gives the focus back to its own trigger, of which there is none where the dialog is opened by state.
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-30 bg-black/50" />
        <Radix.Content
          className={cx(
            "fixed z-40 flex max-h-[85dvh] flex-col overflow-hidden border-line-strong/60 bg-surface shadow-xl outline-none",
            "max-sm:inset-x-0 max-sm:bottom-0 max-sm:rounded-t-xl max-sm:border-t max-sm:pb-[env(safe-area-inset-bottom)]",
            "sm:left-1/2 sm:w-[min(36rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:rounded-xl sm:border",
            bare ? "sm:top-[12dvh]" : "sm:top-1/2 sm:-translate-y-1/2",
          )}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement;
            focusGently(event);
          }}
          onCloseAutoFocus={() => {
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          {bare ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <header className="flex items-center justify-between gap-4 border-line border-b py-1.5 pr-2 pl-4">
              <Radix.Title className="font-semibold text-[0.95rem]">{title}</Radix.Title>
              <Radix.Close aria-label={i18n._("Close")} className="rounded-md p-2 hover:bg-raised">
                <X aria-hidden className="size-4" />
              </Radix.Close>
            </header>
          )}
          {description && <Radix.Description className="sr-only">{description}</Radix.Description>}
          {bare ? children : <div className="min-h-0 overflow-y-auto p-4">{children}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** A field that takes the focus on a touch screen brings up a keyboard, which hides what the dialog shows. */
function focusGently(event: Event) {
  if (!window.matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  if (event.target instanceof HTMLElement) event.target.focus();
}
