import { z } from "zod";
import { addressSchema } from "../../core/schema.ts";

export const paymentsConfigSchema = z.object({
  /** Bytes that are relayed for nothing, for each client and UTC day; all that nobody registered and have no channel are one client. */
  freeBytesPerDay: z
    .number()
    .int()
    .min(0)
    .default(2 ** 30),
  /** The most that this node pays for a relayed GiB, in SHM; null for whatever the contract says. */
  maxPricePerGiB: z.number().min(0).nullable().default(null),
  /** Account whose channels this node pays from; null for its operator. Nodes of one operator need accounts of their own. */
  payer: addressSchema.nullable().default(null),
  /**
   * Vouchers are redeemed by themselves once the fee is at most so many percent of what they pay, from the node key's
   * account, which needs gas for it; null for never, except where a client leaves its channel.
   */
  autoRedeemMaxFeePercent: z.number().min(0).max(100).nullable().default(5),
});
export type PaymentsConfig = z.infer<typeof paymentsConfigSchema>;
