export { webhookErrors } from "./errors.ts";
export { type PostConfig, post, type WebhookDelivery } from "./post.ts";
export { firstWaitMs, lifetimeMs, maxWaitMs, retryWaitMs } from "./retry.ts";
export { webhookSecretSchema } from "./secret.ts";
