"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside, gives it back, and closes by Escape. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto w-[min(36rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface text-text backdrop:bg-black/40"
    >
      <header className="flex items-center justify-between gap-4 border-line border-b py-1.5 pr-2 pl-4">
        <h2 id={id} className="font-semibold text-[0.95rem]">
          {title}
        </h2>
        <Button look="ghost" aria-label="Close" className="px-2" onClick={onClose}>
          <X aria-hidden className="size-4" />
        </Button>
      </header>
      <div className="p-4">{children}</div>
    </dialog>
  );
}
