import { expect } from "chai";
import { toCsv } from "../../../../app/_shared/node/csv.ts";

describe("app/csv", () => {
  it("quotes what would break a row, and nothing else", () => {
    expect(
      toCsv(
        ["a", "b"],
        [
          ["1,5", 'say "x"'],
          ["two\nlines", "plain"],
        ],
      ),
    ).to.equal('a,b\r\n"1,5","say ""x"""\r\n"two\nlines",plain\r\n');
  });
});
