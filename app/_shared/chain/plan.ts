import type { ContractCall } from "./contract-call.ts";

/** What is to be signed, in words. */
export interface Plan {
  calls: readonly ContractCall[];
  /** "this stake": what the contract was asked for. */
  what: string;
  signLabel: string;
  facts: readonly { name: string; value: string }[];
  /** What the calls pay out, where they do. */
  paysWei?: bigint;
  note?: string;
  /** What is true once all of it is mined. */
  done: string;
}
