import { i18n } from "../text/i18n";

/** Keeps the place of text that is on its way. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div role="status" aria-label={i18n._("Loading")} className="space-y-2.5">
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className="h-4 animate-pulse rounded bg-raised"
          style={{ width: `${92 - ((line * 23) % 45)}%` }}
        />
      ))}
    </div>
  );
}
