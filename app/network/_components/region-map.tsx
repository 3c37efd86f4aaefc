"use client";

import { formatNumber, regionName } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { cx } from "../../_shared/ui/cx";
import { mapHeight } from "./map-height";
import { worldOutline } from "./world-outline";

interface RegionMapProps {
  counts: ReadonlyMap<string, number>;
  /** All regions of the contract. */
  regions: readonly string[];
  selected: string | null;
  onSelect: (region: string | null) => void;
}

/** The world by region, and how many nodes each has; a region that is pressed is what the list shows. */
export function RegionMap({ counts, regions, selected, onSelect }: RegionMapProps) {
  const drawn = worldOutline.filter(({ region }) => regions.includes(region));
  const elsewhere = regions.filter((region) => !worldOutline.some((outline) => outline.region === region));
  const mark = (region: string) => ({
    region,
    count: counts.get(region) ?? 0,
    pressed: region === selected,
    onPress: () => onSelect(region === selected ? null : region),
  });
  return (
    <section aria-label={i18n._("Nodes by region")}>
      <div className="relative mx-auto max-w-4xl">
        <svg aria-hidden="true" viewBox={`0 0 1000 ${mapHeight}`} className="block w-full">
          {worldOutline.map(({ region, outline }) => (
            <path key={region} d={outline} className={cx("stroke-surface", fillOf(region, counts, selected))} />
          ))}
        </svg>
        {drawn.map(({ region, mark: [x, y] }) => (
          <span
            key={region}
            className="absolute -translate-x-1/2 -translate-y-1/2"
            style={{ left: `${x / 10}%`, top: `${(100 * y) / mapHeight}%` }}
          >
            <Mark {...mark(region)} />
          </span>
        ))}
      </div>
      {elsewhere.length > 0 && (
        <div className="mt-2 flex flex-wrap gap-2">
          {elsewhere.map((region) => (
            <Mark key={region} {...mark(region)} named />
          ))}
        </div>
      )}
    </section>
  );
}

function fillOf(region: string, counts: ReadonlyMap<string, number>, selected: string | null): string {
  if (region === selected) return "fill-accent";
  return counts.get(region) ? "fill-accent/35" : "fill-line";
}

interface MarkProps {
  region: string;
  count: number;
  pressed: boolean;
  onPress: () => void;
  /** Says its name also where there is little room. */
  named?: boolean;
}

function Mark({ region, count, pressed, onPress, named }: MarkProps) {
  const name = regionName(region);
  return (
    <button
      type="button"
      aria-pressed={pressed}
      title={name}
      onClick={onPress}
      className={cx(
        "flex min-h-6 min-w-6 items-center justify-center gap-1.5 whitespace-nowrap rounded-full border px-2 py-0.5 font-medium text-xs tabular-nums shadow-sm",
        pressed
          ? "border-transparent bg-accent text-accent-ink"
          : "border-line-strong/60 bg-surface text-text hover:bg-raised",
      )}
    >
      <span className={named ? undefined : "max-sm:sr-only"}>{name}</span>{" "}
      <span className={cx(!pressed && count === 0 && "text-muted")}>
        {formatNumber(count)}
        <span className="sr-only"> {i18n._("{count, plural, one {node} other {nodes}}", { count })}</span>
      </span>
    </button>
  );
}
