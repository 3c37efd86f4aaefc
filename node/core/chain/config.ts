import { z } from "zod";
import { addressSchema } from "../schema.ts";

/** Chain id of local development chains (anvil, Hardhat). */
export const developmentChainId = 31337;

export const chainConfigSchema = z.object({
  /** JSON-RPC endpoint, http(s). */
  rpcUrl: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8545"),
  /** The chain's ID, which the endpoint must have (EIP-155). */
  chainId: z.number().int().positive().default(developmentChainId),
  /** NodeNexus proxy; without it, the one of the chain's deployment in contracts/deployments, where there is one. */
  nexusAddress: addressSchema.nullable().default(null),
  /** RelayPayments proxy; without it, the one of the deployment that NodeNexus is of. Without both, relaying is free. */
  relayPaymentsAddress: addressSchema.nullable().default(null),
  /** AuditAnchors; without it, the one of the deployment that NodeNexus is of. Without both, no audit log is anchored. */
  auditAnchorsAddress: addressSchema.nullable().default(null),
  /** How often the daemon looks for new blocks, in milliseconds. */
  pollIntervalMs: z.number().int().min(100).default(2_000),
});
export type ChainConfig = z.infer<typeof chainConfigSchema>;
