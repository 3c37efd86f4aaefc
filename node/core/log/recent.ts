import type { DestinationStream } from "pino";

const maxLines = 2_000;
const maxCharacters = 1_000_000;

export interface NumberedLine {
  /** Counts up from 1 since the start. */
  readonly number: number;
  /** JSON, as it was written. */
  readonly text: string;
}

/** The newest lines of a log, in memory: what a person asks for who can't reach where the log goes. */
export interface RecentLines extends DestinationStream {
  /** Those behind a number, oldest first; all that are kept where it is 0. */
  after(number: number): readonly NumberedLine[];
}

/** Keeps lines on their way to where the log goes: 2,000 of them and a million characters at the most. */
export function createRecentLines(destination?: DestinationStream): RecentLines {
  const lines: NumberedLine[] = [];
  let characters = 0;
  let number = 0;
  return {
    write(line) {
      destination?.write(line);
      const text = line.trimEnd();
      number += 1;
      lines.push({ number, text });
      characters += text.length;
      while (lines.length > maxLines || characters > maxCharacters) characters -= lines.shift()?.text.length ?? 0;
    },
    after: (from) => lines.slice(Math.max(0, lines.length - (number - from))),
  };
}
