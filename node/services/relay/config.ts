import { z } from "zod";

const bytesPerSecondSchema = z.number().int().min(1024);
const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day such as 22:30");

export const relayConfigSchema = z.object({
  /** Relays that a private node keeps reservations with: two survive the loss of one. */
  reservations: z.number().int().min(1).max(8).default(2),
  /**
   * Milliseconds without use after which a private node gives up its connection to a relay, and waits on a bare socket to
   * be woken: that costs the relay a thirtieth of the memory, and whoever asks for the node a handshake more. Null for never.
   */
  parkAfterMs: z.number().int().min(1_000).nullable().default(30_000),
  /** Private nodes that a public node relays for at the most. */
  maxReservations: z.number().int().min(1).default(256),
  /** What is relayed for all together, in both directions, in bytes per second; null for no cap. A change holds at once. */
  maxBytesPerSecond: bytesPerSecondSchema.nullable().default(null).meta({ live: true }),
  /** The same for one peer: who asked for the lane, or dialled through us. A change holds at once. */
  maxBytesPerSecondPerPeer: bytesPerSecondSchema.nullable().default(null).meta({ live: true }),
  /**
   * Other caps for all together at times of the day, by this machine's clock: `{ from: "22:00", to: "06:00",
   * maxBytesPerSecond: null }`. The first that holds is taken. A change holds at once.
   */
  schedule: z
    .array(z.object({ from: timeSchema, to: timeSchema, maxBytesPerSecond: bytesPerSecondSchema.nullable() }))
    .default([])
    .meta({ live: true }),
});
export type RelayConfig = z.infer<typeof relayConfigSchema>;
