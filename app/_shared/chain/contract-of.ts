import type { Abi } from "viem";
import { i18n } from "../text/i18n.ts";
import type { ContractCall } from "./contract-call.ts";
import type { Network } from "./network.ts";
import { nodeNexusAbi } from "./nexus.ts";
import { relayPaymentsAbi } from "./payments.ts";

const ofPayments = (functionName: ContractCall["functionName"]) => functionName === "redeemMany";

/** Of the contract that a call goes to; widened, which spares a type for each function. */
export const abiOf = (functionName: ContractCall["functionName"]): Abi =>
  (ofPayments(functionName) ? relayPaymentsAbi : nodeNexusAbi) as Abi;

/** The contract that a call goes to. */
export function contractOf(network: Network, { functionName }: ContractCall): { abi: Abi; address: `0x${string}` } {
  const address = ofPayments(functionName) ? network.paymentsAddress : network.nexusAddress;
  const name = ofPayments(functionName) ? "RelayPayments" : "NodeNexus";
  if (!address) throw new Error(i18n._("The daemon knows no {name} contract on this chain.", { name }));
  return { abi: abiOf(functionName), address };
}
