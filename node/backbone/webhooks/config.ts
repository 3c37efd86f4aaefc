import { z } from "zod";
import { webhookSecretSchema } from "../../core/webhook/secret.ts";

export const webhooksConfigSchema = z.object({
  /** Where alerts are sent, http(s): honeypot hits, reused tokens, brute force. */
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(8)
    .default([]),
  /** Signs what is sent (Standard Webhooks), a secret: `whsec_` and 24 to 64 bytes in base64. Without one, nothing is sent. */
  secret: webhookSecretSchema.nullable().default(null).meta({ secret: true }),
  /** Whether a receiver may be on this machine or its network: otherwise such an address is never called. */
  allowPrivate: z.boolean().default(false),
});
export type WebhooksConfig = z.infer<typeof webhooksConfigSchema>;
