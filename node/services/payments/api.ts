import { z } from "zod";
import { route } from "../../api/route.ts";
import { chainErrors } from "../../core/chain/errors.ts";
import { addressSchema, hexSchema, peerIdSchema, timestampMsSchema, weiSchema } from "../../core/schema.ts";
import { paymentsErrors } from "./errors.ts";

const earnedSchema = z.object({
  relayedBytes: z.number().int(),
  /** Past the free allowance. */
  billableBytes: z.number().int(),
  /** What those cost at the price of their time. */
  chargedWei: weiSchema,
  /** What vouchers have paid of it. */
  vouchedWei: weiSchema,
  /** What of the vouchers was redeemed on chain. */
  redeemedWei: weiSchema,
  /** What redeeming would pay now. */
  redeemableWei: weiSchema,
});

export const earningsSchema = z.object({
  /** By the contract; null while it is not known, or there is none. */
  pricePerGiBWei: weiSchema.nullable(),
  freeBytesPerDay: z.number().int(),
  /** Vouchers are redeemed by themselves once the fee is at most so many percent of what they pay; null for never. */
  autoRedeemMaxFeePercent: z.number().nullable(),
  /** Of zeros alone is the peer ID of all that nobody registered and that have no channel, who are one client together. */
  clients: z.array(earnedSchema.extend({ client: peerIdSchema })),
  total: earnedSchema,
  /** What vouchers that were taken since midnight (UTC) pay. */
  vouchedTodayWei: weiSchema,
  /** Gas that redeeming all vouchers would cost now; null where there are none, or the chain does not answer. */
  redeemFeeWei: weiSchema.nullable(),
});
export type Earnings = z.infer<typeof earningsSchema>;

/** A client's voucher, with the fields that `RelayPayments.redeem` takes. */
export const redeemableVoucherSchema = z.object({
  client: peerIdSchema,
  payer: addressSchema,
  number: z.number().int(),
  cumulativeWei: weiSchema,
  r: hexSchema,
  vs: hexSchema,
  unredeemedWei: weiSchema,
});
export type RedeemableVoucher = z.infer<typeof redeemableVoucherSchema>;

export const paidChannelsSchema = z.object({
  /** Account whose channels this node pays from; null while it has no operator. */
  payer: addressSchema.nullable(),
  /** What a channel has to name so that this node can pay from it. */
  sessionKey: addressSchema,
  relays: z.array(
    z.object({
      relay: peerIdSchema,
      /** What it relayed for us, by our own count. */
      relayedBytes: z.number().int(),
      /** Bills of it that were over our count. */
      lies: z.number().int(),
      /** Null where none is open. */
      channel: z
        .object({
          number: z.number().int(),
          /** Whether it names our session key. */
          ours: z.boolean(),
          depositedWei: weiSchema,
          /** What our vouchers say. */
          promisedWei: weiSchema,
          redeemedWei: weiSchema,
          /** When it can be closed; null where no exit is announced. */
          closableAtMs: timestampMsSchema.nullable(),
        })
        .nullable(),
    }),
  ),
});
export type PaidChannels = z.infer<typeof paidChannelsSchema>;

export const paymentsRoutes = {
  earnings: route({
    method: "GET",
    path: "/api/payments/earnings",
    access: "owner",
    summary: "What was relayed for whom, what that earned, and what redeeming would cost now.",
    input: z.object({}),
    output: earningsSchema,
    errors: [],
  }),
  vouchers: route({
    method: "GET",
    path: "/api/payments/vouchers",
    access: "owner",
    summary: "The vouchers that pay something now, ready for RelayPayments.",
    input: z.object({ client: peerIdSchema.optional() }),
    output: z.object({ peerId: peerIdSchema, vouchers: z.array(redeemableVoucherSchema) }),
    errors: [chainErrors.NO_PAYMENTS_CONTRACT, chainErrors.CHAIN_UNREACHABLE, paymentsErrors.CLIENT_UNKNOWN],
  }),
  channels: route({
    method: "GET",
    path: "/api/payments/channels",
    access: "owner",
    summary: "The relays that this node uses, and its channels to them.",
    input: z.object({}),
    output: paidChannelsSchema,
    errors: [],
  }),
  noteChannel: route({
    method: "POST",
    path: "/api/payments/channels",
    access: "owner",
    summary: "Lists a relay to which a channel was opened.",
    input: z.object({ relay: peerIdSchema }),
    output: z.object({ relay: peerIdSchema }),
    errors: [],
  }),
};
