import type { NexusCall } from "./nexus";
import type { PaymentsCall } from "./payments";

/** A call of one of our contracts, for a wallet to sign. */
export type ContractCall = NexusCall | PaymentsCall;
