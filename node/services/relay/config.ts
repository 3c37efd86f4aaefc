import { z } from "zod";

export const relayConfigSchema = z.object({
  /** Relays that a private node keeps reservations with: two survive the loss of one. */
  reservations: z.number().int().min(1).max(8).default(2),
  /** Private nodes that a public node relays for at the most. */
  maxReservations: z.number().int().min(1).default(256),
});
export type RelayConfig = z.infer<typeof relayConfigSchema>;
