export { createApiKeys } from "./api-keys.ts";
export { createGuard, type Guard, type GuardConfig, type GuardDeps } from "./guard.ts";
export type { VerifySignature } from "./wallet.ts";
