import { i18n } from "../../_shared/text/i18n";

/** A node's scores as a line, oldest at the left; told in words to those who do not see it. */
export function ScoreLine({ scores }: { scores: readonly number[] }) {
  if (scores.length < 2) return null;
  const shown = scores.slice(-24);
  const points = shown.map((score, index) => `${(index * 60) / (shown.length - 1)},${18 - (score * 16) / 100}`);
  return (
    <svg
      role="img"
      aria-label={i18n._("Scores so far: {scores}", { scores: shown.join(", ") })}
      viewBox="0 0 60 20"
      className="h-5 w-15 text-accent"
    >
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
