import type { Stream } from "@libp2p/interface";
import { z } from "zod";
import type { Voucher } from "../../core/chain/index.ts";
import { messages } from "../../core/overlay/index.ts";
import { addressSchema } from "../../core/schema.ts";

/** A relay shows a client its bill and is answered with a voucher. */
export const paymentProtocol = "/shadowmesh/payment/1.0.0";
/** Of one peer at a time: a relay asks again only once it was answered. */
export const maxInboundBills = 2;
/** The client may have to ask its chain. */
export const billTimeoutMs = 20_000;

/** A uint256 in decimals: JSON's numbers lose precision above 2^53. */
const amountSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,77})$/)
  .transform(BigInt)
  .refine((wei) => wei < 2n ** 256n);
const wordSchema = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => text as `0x${string}`);

const voucherSchema = z.object({
  payer: addressSchema,
  number: z.number().int().min(1).max(0xffffffff),
  cumulativeWei: amountSchema,
  r: wordSchema,
  vs: wordSchema,
});

export const billSchema = z.object({
  pricePerGiBWei: amountSchema,
  /** Past the free allowance, of all time. */
  billableBytes: z.number().int().min(0),
  /** What is not paid of them. */
  dueWei: amountSchema,
  /** The best voucher that the relay holds of this client; what is due comes on top of it. */
  voucher: voucherSchema.nullable(),
});
export type Bill = z.infer<typeof billSchema>;

/** Why a client does not pay, or not all of it; codes of `paymentsErrors`. */
export const refusals = [
  "NO_CHANNEL",
  "CHANNEL_EXHAUSTED",
  "PRICE_TOO_HIGH",
  "BILL_TOO_HIGH",
  "BILL_INVALID",
  "PAYER_UNREADY",
] as const;
export type Refusal = (typeof refusals)[number];

export const answerSchema = z.object({ voucher: voucherSchema.nullable(), refusal: z.enum(refusals).nullable() });
export type Answer = z.infer<typeof answerSchema>;

/** The relay's side of a stream. @throws MALFORMED_FRAME */
export async function presentBill(stream: Stream, bill: Bill, signal: AbortSignal): Promise<Answer> {
  const exchange = messages(stream);
  await exchange.write(toJson(bill), signal);
  const answer = await exchange.read(answerSchema, signal);
  await stream.close({ signal });
  return answer;
}

/** The client's side. @throws MALFORMED_FRAME */
export async function answerBill(
  stream: Stream,
  answer: (bill: Bill) => Promise<Answer>,
  signal: AbortSignal,
): Promise<void> {
  const exchange = messages(stream);
  await exchange.write(toJson(await answer(await exchange.read(billSchema, signal))), signal);
  await stream.close({ signal });
}

type Message = Readonly<Record<string, bigint | number | string | null | Voucher>>;

function toJson(message: Message): object {
  return JSON.parse(JSON.stringify(message, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)));
}
