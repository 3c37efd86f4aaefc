export type { Channel, RelayPayments } from "./relay-payments.ts";
export { createPaymentTransactions, requirePayments, voucherDomain } from "./transactions.ts";
export { channelId, signVoucher, type Voucher, type VoucherDomain, voucherSigner } from "./voucher.ts";
