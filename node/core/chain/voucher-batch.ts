/** Vouchers that are redeemed at once: at some 15,000 gas each a batch stays far below a block. */
export const batchVouchers = 50;
