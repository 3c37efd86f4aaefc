export { type WebhooksConfig, webhooksConfigSchema } from "./config.ts";
export { createWebhooks } from "./webhooks.ts";
