export type { EpochRoot } from "../evidence/replay.ts";
export { type AnchoredHead, createAuditAnchors } from "./audit-anchors.ts";
export { type Chain, type ChainState, createChain } from "./chain.ts";
export { type ChainConfig, chainConfigSchema, developmentChainId } from "./config.ts";
export { type DecisionScan, type PendingDecision, readDecisions } from "./decisions.ts";
export { chainErrors } from "./errors.ts";
export { toChainError } from "./failure.ts";
export { type OperatorAccount, readKeystore, writeKeystore } from "./keystore.ts";
export { createIsBackbone, type IsBackbone } from "./known-backbones.ts";
export { createIsUnregistered, createRegistrationOf, type RegistrationOf } from "./known-registrations.ts";
export { createMayServeDht, servesDht } from "./known-servers.ts";
export { createNexus, type Nexus, nodeTypeIndex, regionToBytes } from "./nexus.ts";
export {
  type Channel,
  channelId,
  createPaymentTransactions,
  type RelayPayments,
  requirePayments,
  signVoucher,
  type Voucher,
  type VoucherDomain,
  voucherDomain,
  voucherSigner,
} from "./payments/index.ts";
export { maxBandwidthMbps, type Register, registerNode, requireOpenRegion } from "./register.ts";
export { registrationDeadline, signRegistration } from "./registration-proof.ts";
export { createRegistrationTransactions } from "./registration-transactions.ts";
export {
  type BatchSignature,
  createReputation,
  type Reputation,
  type ScoreBatch,
  signBatch,
  toScoreBatch,
} from "./reputation.ts";
