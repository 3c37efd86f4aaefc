import type { Account, Address, Hex } from "viem";
import { relayPaymentsAbi } from "../../../../contracts/generated/relay-payments.ts";
import { ShadowMeshError } from "../../errors.ts";
import type { Chain } from "../chain.ts";
import { chainErrors } from "../errors.ts";
import { transact } from "../transact.ts";
import type { RelayPayments } from "./relay-payments.ts";
import type { Voucher, VoucherDomain } from "./voucher.ts";

/** @throws NO_PAYMENTS_CONTRACT where no address is configured */
export function requirePayments(chain: Pick<Chain, "payments">): RelayPayments {
  if (chain.payments === null) throw new ShadowMeshError(chainErrors.NO_PAYMENTS_CONTRACT);
  return chain.payments;
}

export function voucherDomain(chain: Pick<Chain, "chainId" | "payments">): VoucherDomain {
  return { chainId: chain.chainId, relayPaymentsAddress: requirePayments(chain).address };
}

/**
 * What payers and nodes do on RelayPayments, from an account that pays the gas; each waits for its receipt and gives the
 * hash.
 *
 * @throws NO_PAYMENTS_CONTRACT, CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS
 */
export function createPaymentTransactions(chain: Chain, account: Account) {
  const contract = { address: requirePayments(chain).address, abi: relayPaymentsAbi, account } as const;
  const { client } = chain;
  const send = (simulate: () => Promise<{ request: object }>) => transact(chain, account, simulate);
  return {
    open: (relay: Hex, sessionKey: Address, value: bigint) =>
      send(() => client.simulateContract({ ...contract, functionName: "open", args: [relay, sessionKey], value })),
    fund: (payer: Address, relay: Hex, value: bigint) =>
      send(() => client.simulateContract({ ...contract, functionName: "fund", args: [payer, relay], value })),
    announceExit: (relay: Hex) =>
      send(() => client.simulateContract({ ...contract, functionName: "announceExit", args: [relay] })),
    close: (relay: Hex) => send(() => client.simulateContract({ ...contract, functionName: "close", args: [relay] })),
    redeem: (peerId: Hex, vouchers: readonly Voucher[]) =>
      send(() => client.simulateContract({ ...contract, functionName: "redeemMany", args: [peerId, vouchers] })),
  };
}
