import type { ContractFunctionArgs } from "viem";
import { relayPaymentsAbi } from "../../../contracts/generated/relay-payments.ts";

/** A call of RelayPayments that a wallet signs. */
export interface PaymentsCall {
  functionName: "redeemMany";
  args: ContractFunctionArgs<typeof relayPaymentsAbi, "payable" | "nonpayable", "redeemMany">;
  value?: undefined;
}

export { relayPaymentsAbi };
