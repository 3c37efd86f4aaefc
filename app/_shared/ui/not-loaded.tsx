import { createPortal } from "react-dom";
import { i18n } from "../text/i18n";
import { Alert } from "./alert";
import { ReloadButton } from "./reload-button";

const show = (popover: HTMLElement | null) => popover?.showPopover();

/** Stands for what `later` could not load. With `onClose` it lies above the page, until a press beside it or Escape. */
export function NotLoaded({ onClose }: { onClose?: () => void }) {
  const note = (
    <Alert tone="bad" title={i18n._("This part of the page could not be loaded.")} action={<ReloadButton />}>
      {i18n._(
        "Start the node again if it has stopped: the rest follows by itself. If it is of another version by now, reload the page.",
      )}
    </Alert>
  );
  if (!onClose) return note;
  return createPortal(
    <div
      ref={show}
      popover="auto"
      onBeforeToggle={({ newState }) => newState === "closed" && onClose()}
      className="inset-x-4 top-16 mx-auto max-w-xl rounded-lg bg-surface text-text shadow-lg"
    >
      {note}
    </div>,
    document.body,
  );
}
