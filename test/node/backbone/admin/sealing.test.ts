import { expect } from "chai";
import { createSealing } from "../../../../node/backbone/admin/sealing.ts";
import { expectThrownCode } from "../../../harness/expect-code.ts";

const [first, second] = ["a".repeat(32), "b".repeat(32)];

describe("backbone/admin/sealing", () => {
  it("opens what it sealed, which tells nothing of it and is another one each time", () => {
    const sealing = createSealing([first]);
    const sealed = [sealing.seal("JBSWY3DPEHPK3PXP", "ada"), sealing.seal("JBSWY3DPEHPK3PXP", "ada")];
    expect(sealed[0]).to.not.equal(sealed[1]);
    for (const one of sealed) {
      expect(Buffer.from(one, "base64url").includes("JBSWY3DP")).to.equal(false);
      expect(sealing.open(one, "ada")).to.equal("JBSWY3DPEHPK3PXP");
    }
  });

  it("opens nothing for another account, under another secret, or of which a bit was changed", () => {
    const sealing = createSealing([first]);
    const sealed = sealing.seal("JBSWY3DPEHPK3PXP", "ada");
    expectThrownCode(() => sealing.open(sealed, "grace"), "SECOND_FACTOR_UNREADABLE");
    expectThrownCode(() => createSealing([second]).open(sealed, "ada"), "SECOND_FACTOR_UNREADABLE");
    const bytes = Buffer.from(sealed, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = changed.toString("base64url");
      expectThrownCode(() => sealing.open(text, "ada"), "SECOND_FACTOR_UNREADABLE");
    }
    for (const wrong of ["", "JBSWY3DPEHPK3PXP", bytes.subarray(0, 20).toString("base64url")]) {
      expectThrownCode(() => sealing.open(wrong, "ada"), "SECOND_FACTOR_UNREADABLE");
    }
  });

  it("seals by the newest secret and opens by the older ones", () => {
    const old = createSealing([first]).seal("JBSWY3DPEHPK3PXP", "ada");
    const both = createSealing([second, first]);
    expect(both.open(old, "ada")).to.equal("JBSWY3DPEHPK3PXP");
    expect(createSealing([second]).open(both.seal("new", "ada"), "ada")).to.equal("new");
  });
});
