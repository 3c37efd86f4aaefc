import { streamPair } from "@libp2p/utils";
import { expect } from "chai";
import { messages } from "../../../../node/core/overlay/index.ts";
import { answerBill, answerSchema, billSchema, presentBill } from "../../../../node/services/payments/protocol.ts";
import { expectCode } from "../../../harness/expect-code.ts";
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

/** Values that a field of another type, or one that is out of bounds, may have. */
const strange = [-1, 0.5, 2 ** 60, "", "01", "1e9", "-1", `${2n ** 256n}`, "9".repeat(900), [], {}, true, "__proto__"];

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

  it("takes no field of another kind, in 2,000 tries of a fixed seed", () => {
    const random = createRandom(4);
    const text = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
    for (let round = 0; round < 1_000; round++) {
      const given = JSON.parse(JSON.stringify({ ...bill(random), voucher: voucher(random) }, text));
      expect(billSchema.safeParse(given).success).to.equal(true);
      expect(answerSchema.safeParse({ voucher: given.voucher, refusal: null }).success).to.equal(true);
      const field = random.pick(Object.keys(given));
      expect(billSchema.safeParse({ ...given, [field]: random.pick(strange) }).success, field).to.equal(false);
      const inner = random.pick(Object.keys(given.voucher));
      const broken = { ...given.voucher, [inner]: random.pick(strange) };
      expect(answerSchema.safeParse({ voucher: broken, refusal: null }).success, inner).to.equal(false);
    }
  });

  it("calls what is no message malformed, and asks nobody", async () => {
    const random = createRandom(5);
    for (let round = 0; round < 50; round++) {
      const [relay, client] = await streamPair();
      const asked = answerBill(client, () => Promise.reject(new Error("asked")), soon());
      await messages(relay).write({ [`${random.integer(9)}`]: Buffer.from(random.bytes(100)).toString("hex") }, soon());
      await expectCode(asked, "MALFORMED_FRAME");
      relay.abort(new Error("done"));
    }
  });
});
