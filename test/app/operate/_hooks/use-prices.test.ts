import { expect } from "chai";
import { parsePrice, priceText } from "../../../../app/operate/_hooks/use-prices.ts";
import { inGerman } from "../../_shared/text/in-german.ts";

describe("app/operate/use-prices", () => {
  it("reads a price as the reader's language writes it, with thousands", () => {
    expect(parsePrice(" 0.3 ")).to.equal(0.3);
    expect(parsePrice("1,000")).to.equal(1_000);
    inGerman(() => {
      expect(parsePrice("0,3")).to.equal(0.3);
      expect(parsePrice("1.000")).to.equal(1_000);
      expect(parsePrice("1.250,75")).to.equal(1_250.75);
    });
  });

  it("tells what is empty from what is no price", () => {
    expect(parsePrice(" ")).to.equal(null);
    for (const text of ["0,3", "1,00", "-1", "1e3", "ten", "1.000.5"])
      expect(parsePrice(text), text).to.equal(undefined);
    inGerman(() => {
      for (const text of ["0.3", "1.00", "1,000,5"]) expect(parsePrice(text), text).to.equal(undefined);
    });
  });

  it("writes what it reads back to the same price", () => {
    const same = () => {
      for (const price of [0, 0.3, 1_250.75, 1e-7])
        expect(parsePrice(priceText(price)), priceText(price)).to.equal(price);
    };
    same();
    inGerman(same);
    expect(priceText(null)).to.equal("");
  });
});
