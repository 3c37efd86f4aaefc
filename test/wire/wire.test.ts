import { expect } from "chai";
import { fuzz } from "./fuzz.ts";
import { type OpenTarget, refused, type Target } from "./target.ts";
import { targets } from "./targets/index.ts";

const seed = 20_261_121;

describe("wire", function () {
  this.timeout(300_000);
  this.slow(20_000);

  for (const target of targets) {
    it(`takes ${target.name} for what it means, or refuses it, in ${target.rounds} changes of a fixed seed`, async () => {
      const result = await fuzz(target, seed, (rounds) => rounds < target.rounds);
      expect(result.rounds).to.equal(target.rounds);
      // Changes that no parser refuses would test nothing.
      if (target.refuses !== false) expect(result.refused).to.be.greaterThan(target.rounds / 4);
    });
  }

  describe("its own check", () => {
    const targetOf = (read: OpenTarget["read"]): Target => ({
      name: "a test",
      rounds: 50,
      open: async () => ({ valid: () => Buffer.from('{"a":1}'), codes: ["MALFORMED_FRAME"], read }),
    });
    const outcome = (read: OpenTarget["read"]) =>
      fuzz(targetOf(read), seed, (rounds) => rounds < 50).then(
        () => "fine",
        ({ message }: Error) => message,
      );

    it("finds a parser that crashes, one that takes everything, and one that refuses what is honest", async () => {
      expect(await outcome(async (bytes) => JSON.parse(Buffer.from(bytes).toString()).a)).to.match(/neither refused/);
      expect(await outcome(async (bytes) => [...bytes])).to.match(/^taken for/);
      expect(await outcome(async () => refused)).to.match(/honest message is refused/);
    });
  });
});
