import type { z } from "zod";
import { signVoucher, voucherSigner } from "../../../node/core/chain/index.ts";
import { laneAnswerSchema, laneRequestSchema, spliceAnswerSchema } from "../../../node/core/overlay/lanes/protocol.ts";
import {
  type Answer,
  answerBill,
  answerSchema,
  type Bill,
  presentBill,
} from "../../../node/services/payments/protocol.ts";
import { answerDrain, drainAnswerSchema } from "../../../node/services/relay/drain.ts";
import { identityOf } from "../../harness/identities.ts";
import { soon } from "../../harness/mesh.ts";
import type { Random } from "../../harness/random.ts";
import { hexOf, prefixed, refused, type Target, toBytes, toJson } from "../target.ts";
import { exchange, isPort, message, portOf } from "./message.ts";

/** 32 bytes in hex. */
const isTicket = (value: unknown) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isAmount = (value: unknown) => typeof value === "bigint" && value >= 0n && value < 2n ** 256n;

/** A message between the ends of a lane, or to its relay. */
export interface LaneMessage {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly valid: (random: Random) => object;
  readonly isSound: (meaning: never) => boolean;
}

export const laneMessages: readonly [request: LaneMessage, answer: LaneMessage, spliceAnswer: LaneMessage] = [
  {
    name: "a request for a lane",
    schema: laneRequestSchema,
    valid: (random) => ({
      id: hexOf(random, 32),
      protocol: "/shadowmesh/test/1.0.0",
      port: random.pick([null, portOf(random)]),
      splice: random.pick([null, { port: portOf(random), ticket: hexOf(random, 32) }]),
    }),
    isSound: (request: z.infer<typeof laneRequestSchema>) =>
      isTicket(request.id) &&
      request.protocol.length >= 1 &&
      request.protocol.length <= 128 &&
      (request.port === null || isPort(request.port)) &&
      (request.splice === null || (isPort(request.splice.port) && isTicket(request.splice.ticket))),
  },
  {
    name: "an answer about a lane",
    schema: laneAnswerSchema,
    valid: (random) => ({ coming: random.pick([true, false]), port: random.pick([null, portOf(random)]) }),
    isSound: (answer: z.infer<typeof laneAnswerSchema>) =>
      typeof answer.coming === "boolean" && (answer.port === null || isPort(answer.port)),
  },
  {
    name: "a relay's answer about a splice",
    schema: spliceAnswerSchema,
    valid: (random) => ({ port: portOf(random), near: hexOf(random, 32), far: hexOf(random, 32) }),
    isSound: (answer: z.infer<typeof spliceAnswerSchema>) =>
      "refused" in answer
        ? answer.refused === "PAYMENT_REQUIRED"
        : isPort(answer.port) && isTicket(answer.near) && isTicket(answer.far),
  },
];

const word = (random: Random) => `0x${hexOf(random, 32)}` as const;
const payer = "0x00000000000000000000000000000000000000bb";
const relayId = identityOf(9).peerId;
const client = identityOf(3);
const paymentDomain = { chainId: 31337, relayPaymentsAddress: "0x00000000000000000000000000000000000000cc" } as const;
const isVoucher = (voucher: Answer["voucher"]) =>
  voucher === null || (isAmount(voucher.cumulativeWei) && voucher.number >= 1 && voucher.number <= 0xffffffff);

const voucherOf = (random: Random) =>
  signVoucher(
    client.sessionAccount,
    paymentDomain,
    { peerId: relayId, payer, number: 1 + random.integer(100) },
    BigInt(word(random)) >> BigInt(random.integer(256)),
  );
const billOf = (random: Random): Bill => ({
  pricePerGiBWei: BigInt(word(random)),
  billableBytes: random.integer(2 ** 53),
  dueWei: BigInt(word(random)) >> 64n,
  voucher: null,
});

export const streamTargets: readonly Target[] = [
  ...laneMessages.map(({ name, schema, valid, isSound }) =>
    message(name, schema, valid, (meaning) => isSound(meaning as never)),
  ),
  {
    name: "a relay's word that it stops",
    rounds: 300,
    open: async () => ({
      valid: (random) => toBytes({ withinMs: random.integer(60_001) }),
      frame: prefixed,
      codes: ["MALFORMED_FRAME"],
      async read(bytes) {
        let heard = false;
        const move = async (limit: AbortSignal) => {
          heard = !limit.aborted;
          return true;
        };
        // The stranger who sent it may be gone by the time of the answer.
        await exchange(bytes, (stream) =>
          answerDrain(stream, move, soon()).catch((error: unknown) => {
            if (!heard) throw error;
          }),
        );
        return heard;
      },
      isSound: (meaning) => meaning === true,
    }),
  },
  message(
    "a client's answer to it",
    drainAnswerSchema,
    (random) => ({ moved: random.pick([true, false]) }),
    ({ moved }) => typeof moved === "boolean",
  ),
  {
    name: "a relay's bill",
    rounds: 300,
    open: async () => ({
      valid: (random) => toBytes(billOf(random)),
      frame: prefixed,
      codes: ["MALFORMED_FRAME"],
      async read(bytes) {
        let seen: Bill | undefined;
        const answer = async (bill: Bill): Promise<Answer> => {
          seen = bill;
          return { voucher: null, refusal: "NO_CHANNEL" };
        };
        // The stranger who sent it may be gone by the time of the answer.
        await exchange(bytes, (stream) =>
          answerBill(stream, answer, soon()).catch((error: unknown) => {
            if (seen === undefined) throw error;
          }),
        );
        return seen;
      },
      isSound: (meaning) => {
        const { pricePerGiBWei, billableBytes, dueWei, voucher } = meaning as Bill;
        const amounts = isAmount(pricePerGiBWei) && isAmount(dueWei);
        return amounts && Number.isSafeInteger(billableBytes) && billableBytes >= 0 && isVoucher(voucher);
      },
    }),
  },
  {
    name: "a client's answer to a bill",
    rounds: 300,
    open: async () => ({
      valid: async (random) => toBytes({ voucher: await voucherOf(random), refusal: null }),
      frame: prefixed,
      codes: ["MALFORMED_FRAME"],
      async read(bytes) {
        const bill = { pricePerGiBWei: 1n, billableBytes: 1, dueWei: 1n, voucher: null };
        return exchange(bytes, (stream) => presentBill(stream, bill, soon()));
      },
      isSound: (meaning) => isVoucher((meaning as Answer).voucher),
    }),
  },
  {
    name: "a voucher",
    rounds: 400,
    open: async () => ({
      valid: async (random) => toBytes({ voucher: await voucherOf(random), refusal: null }),
      codes: [],
      async read(bytes) {
        const { voucher } = answerSchema.safeParse(toJson(bytes)).data ?? { voucher: null };
        if (voucher === null) return refused;
        const signer = await voucherSigner(paymentDomain, relayId, voucher);
        if (signer !== client.sessionAccount.address) return refused;
        const { payer: from, number, cumulativeWei } = voucher;
        return { from: from.toLowerCase(), number, cumulativeWei };
      },
    }),
  },
];
