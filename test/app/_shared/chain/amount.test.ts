import { expect } from "chai";
import { parseEther } from "viem";
import { parseShm, shmText } from "../../../../app/_shared/chain/amount.ts";
import { inGerman } from "../text/in-german.ts";

describe("app/chain/amount", () => {
  it("reads what people type for an amount of SHM", () => {
    expect(parseShm("100")).to.equal(parseEther("100"));
    expect(parseShm(" 0.5 ")).to.equal(parseEther("0.5"));
    expect(parseShm("1,250.75")).to.equal(parseEther("1250.75"));
    expect(parseShm("0.000000000000000001")).to.equal(1n);
  });

  it("takes nothing for an amount that is none, rather than guess", () => {
    for (const text of [
      "",
      " ",
      ".5",
      "5.",
      "-1",
      "+1",
      "1e3",
      "0x10",
      "1.0000000000000000001",
      "ten",
      "1 000",
      "0,5",
      "1,2,3",
    ]) {
      expect(parseShm(text), text).to.equal(null);
    }
  });

  it("reads and writes the decimal comma of German, and never takes a point for it", () => {
    inGerman(() => {
      expect(parseShm("0,5")).to.equal(parseEther("0.5"));
      expect(parseShm("1.250,75")).to.equal(parseEther("1250.75"));
      expect(parseShm("1.250")).to.equal(parseEther("1250"));
      for (const text of ["0.5", "1.25", "12.50", "1,2,3", ",5"]) expect(parseShm(text), text).to.equal(null);
      expect(shmText(parseEther("1250.75"))).to.equal("1250,75");
      expect(parseShm(shmText(123_456_789_012_345_678_901n))).to.equal(123_456_789_012_345_678_901n);
    });
  });

  it("writes what it reads back to the same wei", () => {
    for (const wei of [0n, 1n, 10n ** 18n, 123_456_789_012_345_678_901n]) expect(parseShm(shmText(wei))).to.equal(wei);
  });
});
