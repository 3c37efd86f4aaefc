import type { NexusCall } from "./nexus.ts";
import type { PaymentsCall } from "./payments.ts";

/** A call of one of our contracts, for a wallet to sign. */
export type ContractCall = NexusCall | PaymentsCall;
