import { z } from "zod";

/** What signs webhooks (Standard Webhooks), as its receiver is given it, too. */
export const webhookSecretSchema = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, "expected whsec_ and 24 to 64 bytes in base64");
