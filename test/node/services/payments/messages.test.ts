import { streamPair } from "@libp2p/utils";
import { expect } from "chai";
import { answerBill, presentBill } from "../../../../node/services/payments/protocol.ts";
import { soon } from "../../../harness/mesh.ts";
import { createRandom, type Random } from "../../../harness/random.ts";

const word = (random: Random) => `0x${Buffer.from(random.bytes(32)).toString("hex")}` as const;
const amount = (random: Random) => BigInt(word(random)) >> BigInt(random.integer(256));

const voucher = (random: Random) => ({
  payer: `0x${Buffer.from(random.bytes(20)).toString("hex")}` as const,
  number: 1 + random.integer(2 ** 32 - 1),
  cumulativeWei: amount(random),
  r: word(random),
  vs: word(random),
});
const bill = (random: Random) => ({
  pricePerGiBWei: amount(random),
  billableBytes: random.integer(2 ** 53),
  dueWei: amount(random),
  voucher: random.pick([null, voucher(random)]),
});

describe("services/payments/protocol", () => {
  it("carries bills and vouchers of any size unchanged", async () => {
    const random = createRandom(20_261_121);
    for (let round = 0; round < 50; round++) {
      const [relay, client] = await streamPair();
      const given = bill(random);
      const answer = { voucher: voucher(random), refusal: null };
      let seen: unknown;
      const answering = answerBill(
        client,
        async (read) => {
          seen = read;
          return answer;
        },
        soon(),
      );
      expect(await presentBill(relay, given, soon())).to.deep.equal(answer);
      await answering;
      expect(seen).to.deep.equal(given);
    }
  });
});
