import { i18n } from "../../_shared/text/i18n";

interface UptimeBarsProps {
  /** Slots in which it was there, of those in which it was asked; by epoch, oldest first. */
  history: readonly (readonly [up: number, asked: number])[];
  /** Of an epoch. */
  slots: number;
}

/** A bar for each of the last epochs: how much of it the node was there. */
export function UptimeBars({ history, slots }: UptimeBarsProps) {
  return (
    <figure>
      <figcaption className="mb-1.5 text-muted text-sm">
        {i18n._("Slots in which it was there, in the last {count, plural, one {epoch} other {# epochs}}", {
          count: history.length,
        })}
      </figcaption>
      <ol className="flex h-16 items-end gap-1">
        {history.map(([up, asked], index) => (
          <li
            key={index}
            className="relative h-full max-w-8 flex-1 overflow-hidden rounded-sm bg-raised"
            title={i18n._("{up} of {asked}", { up, asked })}
          >
            <span className="sr-only">{i18n._("{up} of {asked}", { up, asked })}</span>
            <span
              aria-hidden
              className="absolute inset-x-0 bottom-0 bg-bad/45"
              style={{ height: `${(100 * asked) / slots}%` }}
            />
            <span
              aria-hidden
              className="absolute inset-x-0 bottom-0 bg-ok"
              style={{ height: `${(100 * up) / slots}%` }}
            />
          </li>
        ))}
      </ol>
    </figure>
  );
}
