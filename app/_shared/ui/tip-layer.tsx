"use client";

import * as Radix from "radix-ui/popover";
import type { ComponentProps, RefObject } from "react";

interface TipLayerProps extends Pick<ComponentProps<"div">, "children" | "onPointerEnter" | "onPointerLeave"> {
  mark: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

/** What a tip says, above its mark, or wherever the window has room for it. The focus stays where it is. */
export function TipLayer({ mark, onClose, ...content }: TipLayerProps) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Anchor virtualRef={mark} />
      {/* A screen reader's list of regions has everything of a page, so this too. */}
      <Radix.Portal container={mark.current?.closest("main")}>
        <Radix.Content
          role="tooltip"
          side="top"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 w-56 rounded-md border border-line-strong/60 bg-surface p-2.5 text-left font-normal text-sm text-text shadow-lg outline-none"
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => {
            if (event.target instanceof Node && mark.current?.contains(event.target)) event.preventDefault();
          }}
          {...content}
        />
      </Radix.Portal>
    </Radix.Root>
  );
}
