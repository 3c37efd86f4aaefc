import { z } from "zod";

export const honeypotsConfigSchema = z.object({
  /** Whether the public API has pages that only who looks for holes asks for. */
  enabled: z.boolean().default(true),
  /** How long such a page takes to come, in milliseconds: who tries thousands of them waits. */
  delayMs: z.number().int().min(0).max(30_000).default(3_000),
  /** For how many days addresses that asked are kept; 0 keeps none. */
  retentionDays: z.number().int().min(0).max(365).default(7),
});
export type HoneypotsConfig = z.infer<typeof honeypotsConfigSchema>;
