type Write = (fields: object, message: string) => void;

/**
 * Writes so many lines in each period and counts the others, whose number stands in the next line: what strangers cause
 * must not fill a disk.
 */
export function limitLines(write: Write, limits: { lines: number; periodMs: number }, now: () => number): Write {
  let period = { sinceMs: now(), lines: 0 };
  let leftOut = 0;
  return (fields, message) => {
    const age = now() - period.sinceMs;
    // A clock that was set back must not silence the log until it has caught up.
    if (age >= limits.periodMs || age < 0) period = { sinceMs: now(), lines: 0 };
    if (period.lines >= limits.lines) {
      leftOut++;
      return;
    }
    period.lines++;
    write(leftOut === 0 ? fields : { ...fields, leftOut }, message);
    leftOut = 0;
  };
}
