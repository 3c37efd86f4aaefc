import { z } from "zod";

export const webhooksConfigSchema = z.object({
  /** Where alerts are sent, http(s): honeypot hits, reused tokens, brute force. */
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(8)
    .default([]),
  /** Signs what is sent (Standard Webhooks), a secret: `whsec_` and 24 to 64 bytes in base64. Without one, nothing is sent. */
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, "expected whsec_ and 24 to 64 bytes in base64")
    .nullable()
    .default(null)
    .meta({ secret: true }),
  /** Whether a receiver may be on this machine or its network: otherwise such an address is never called. */
  allowPrivate: z.boolean().default(false),
});
export type WebhooksConfig = z.infer<typeof webhooksConfigSchema>;
