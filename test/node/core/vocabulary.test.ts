import { expect } from "chai";
import { peerIdSchema } from "../../../node/core/schema.ts";
import { parsePeerId } from "../../../node/core/vocabulary.ts";

const digits = "0123456789abcdef0123456789ABCDEF01234567";

describe("core/vocabulary", () => {
  for (const text of [
    digits,
    `0x${digits}`,
    `  0x${digits}\n`,
    `0X${digits}`,
    digits.slice(1),
    `${digits}0`,
    `${digits}g`,
    "",
  ]) {
    it(`takes ${JSON.stringify(text)} for a peer ID where the schema does, and writes it as the schema does`, () => {
      const { data } = peerIdSchema.safeParse(text);
      expect(parsePeerId(text)).to.equal(data ?? null);
    });
  }

  it("takes a peer ID in either case, with or without 0x", () => {
    expect(parsePeerId(` ${digits}`)).to.equal(`0x${digits.toLowerCase()}`);
  });
});
