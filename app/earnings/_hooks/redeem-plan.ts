import { batchVouchers } from "../../../node/core/chain/voucher-batch.ts";
import type { Earnings, RedeemableVoucher } from "../../../node/services/payments/api.ts";
import type { PaymentsCall } from "../../_shared/chain/payments.ts";
import type { Plan } from "../../_shared/chain/plan.ts";
import { formatShm } from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";

/** Hands vouchers in, as many at once as fit well into a block. */
export function redeemPlan(peerId: `0x${string}`, vouchers: readonly RedeemableVoucher[]): Plan {
  const wei = vouchers.reduce((sum, { unredeemedWei }) => sum + BigInt(unredeemedWei), 0n);
  const calls: PaymentsCall[] = [];
  for (let start = 0; start < vouchers.length; start += batchVouchers) {
    const batch = vouchers.slice(start, start + batchVouchers).map(toVoucher);
    calls.push({ functionName: "redeemMany", args: [peerId, batch] });
  }
  return {
    calls,
    what: i18n._("these vouchers"),
    signLabel: i18n._("Sign and redeem"),
    facts: [
      { name: i18n._("Vouchers"), value: String(vouchers.length) },
      { name: i18n._("Paid to the node"), value: formatShm(wei, 6) },
    ],
    paysWei: wei,
    note: i18n._(
      "Any wallet may hand vouchers in, and pays the gas. What they pay goes to the operator's commission and the node's stake.",
    ),
    done: i18n._("{amount} are redeemed.", { amount: formatShm(wei, 6) }),
  };
}

function toVoucher({ payer, number, cumulativeWei, r, vs }: RedeemableVoucher) {
  return { payer, number, cumulativeWei: BigInt(cumulativeWei), r, vs };
}

/** What the gas takes of what redeeming pays, in percent; null where nothing can be redeemed or the chain is silent. */
export function feePercent({ redeemFeeWei, total }: Pick<Earnings, "redeemFeeWei" | "total">): number | null {
  const redeemableWei = BigInt(total.redeemableWei);
  if (redeemFeeWei === null || redeemableWei === 0n) return null;
  return Number((BigInt(redeemFeeWei) * 10_000n) / redeemableWei) / 100;
}
