import { expect } from "chai";
import { limitLines } from "../../../../node/core/log/index.ts";
import { createClock } from "../../api/fixture.ts";

describe("core/log/limit", () => {
  function limited() {
    const clock = createClock(1_000_000);
    const written: object[] = [];
    const write = limitLines((fields) => void written.push(fields), { lines: 2, periodMs: 1_000 }, clock.now);
    return { clock, written, write: (n: number) => write({ n }, "a line") };
  }

  it("writes so many lines in a period, and tells in the next one how many it left out", () => {
    const { clock, written, write } = limited();
    for (const n of [1, 2, 3, 4, 5]) write(n);
    expect(written).to.deep.equal([{ n: 1 }, { n: 2 }]);
    clock.advance(999);
    write(6);
    expect(written).to.have.length(2);
    clock.advance(1);
    write(7);
    write(8);
    write(9);
    expect(written.slice(2)).to.deep.equal([{ n: 7, leftOut: 4 }, { n: 8 }]);
  });

  it("goes on where the clock was set back", () => {
    const { clock, written, write } = limited();
    for (const n of [1, 2, 3]) write(n);
    clock.advance(-500_000);
    write(4);
    expect(written.at(-1)).to.deep.equal({ n: 4, leftOut: 1 });
  });
});
