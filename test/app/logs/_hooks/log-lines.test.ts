import { expect } from "chai";
import {
  append,
  filterLines,
  linesAfter,
  linesText,
  type RunLine,
  splitStacks,
} from "../../../../app/logs/_hooks/log-lines.ts";
import type { LogLine } from "../../../../node/api/diagnostics.ts";

const line = (number: number, more: Partial<LogLine> = {}): LogLine => ({
  number,
  atMs: Date.UTC(2026, 10, 23, 5, 16, 33, 7),
  level: "info",
  message: `line ${number}`,
  fields: {},
  ...more,
});
const run = (startedAtMs: number, ...lines: LogLine[]) => ({ startedAtMs, lines });
const numbers = (lines: readonly LogLine[]) => lines.map(({ number }) => number);

describe("app/logs/log-lines", () => {
  it("puts what came behind what is known, and leaves that as it is", () => {
    const known = append([], run(1, line(1), line(2)));
    const grown = append(known, run(1, line(3)));
    expect(numbers(grown)).to.deep.equal([1, 2, 3]);
    expect(grown[0]).to.equal(known[0]);
    expect(append(grown, run(1))).to.equal(grown);
  });

  it("keeps the end of a run when the next one counts from 1 again", () => {
    const lines = append(append([], run(1, line(8), line(9))), run(2, line(1)));
    expect(lines.map(({ startedAtMs, number }) => [startedAtMs, number])).to.deep.equal([
      [1, 8],
      [1, 9],
      [2, 1],
    ]);
  });

  it("keeps the newest 2,000", () => {
    const many = Array.from({ length: 1_999 }, (_, index) => line(index + 1));
    const lines = append(append([], run(1, ...many)), run(1, line(2_000), line(2_001)));
    expect([lines.length, lines[0]?.number, lines.at(-1)?.number]).to.deep.equal([2_000, 2, 2_001]);
  });

  it("counts what came behind a line, and everything once the line is forgotten", () => {
    const lines = append([], run(1, line(1), line(2), line(3)));
    expect(numbers(linesAfter(lines, lines[0]))).to.deep.equal([2, 3]);
    expect(linesAfter(lines, lines[2])).to.deep.equal([]);
    expect(numbers(linesAfter(lines, { ...(lines[0] as RunLine) }))).to.deep.equal([1, 2, 3]);
    expect(linesAfter(lines, undefined)).to.equal(lines);
  });

  it("finds by the least level, and by message, name and value of fields in any case", () => {
    const lines = append(
      [],
      run(
        1,
        line(1, { level: "debug" }),
        line(2, { level: "warn", message: "No session with this backbone", fields: { url: "http://Example.org" } }),
        line(3, { level: "error", fields: { details: { Code: "TIMEOUT" } } }),
      ),
    );
    const found = (filter: Partial<Parameters<typeof filterLines>[1]>) =>
      numbers(filterLines(lines, { level: "trace", search: "", ...filter }));
    expect(found({})).to.deep.equal([1, 2, 3]);
    expect(found({ level: "warn" })).to.deep.equal([2, 3]);
    expect(found({ search: " no SESSION" })).to.deep.equal([2]);
    expect(found({ search: "url=http://example" })).to.deep.equal([2]);
    expect(found({ search: '"code":"timeout"' })).to.deep.equal([3]);
    expect(found({ level: "error", search: "session" })).to.deep.equal([]);
  });

  it("is text with the time in UTC, a line each", () => {
    expect(linesText([line(1), line(2, { level: "error", fields: { a: "b c", n: [1, null] } })])).to.equal(
      "2026-11-23T05:16:33.007Z info  line 1\n2026-11-23T05:16:33.007Z error line 2 a=b c n=[1,null]\n",
    );
  });

  it("has stacks of errors apart from what else it tells, and in the text with it", () => {
    const thrown = line(1, {
      fields: { url: "http://a", err: { type: "Error", message: "no", stack: "Error: no\n at b" } },
    });
    expect(splitStacks(thrown)).to.deep.equal({
      text: 'url=http://a err={"type":"Error","message":"no"}',
      stacks: ["Error: no\n at b"],
    });
    expect(linesText([thrown])).to.include('"stack":"Error: no\\n at b"');
  });
});
