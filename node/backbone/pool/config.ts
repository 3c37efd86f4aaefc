import { z } from "zod";

export const backbonePoolConfigSchema = z.object({
  /** How often agents send a heartbeat, in milliseconds. */
  heartbeatMs: z.number().int().min(10).default(5_000),
  /**
   * Silence after which a device has left, in milliseconds: one heartbeat may get lost. Where its connection is closed as
   * well, as that of a process that was killed is, it has left 1.5 seconds after the heartbeat that it owed.
   */
  silentMs: z.number().int().min(200).default(9_000),
  /** How often last-seen times and loads are written to the database, in milliseconds: what a crash may lose. */
  writeMs: z.number().int().min(100).default(10_000),
  /** Devices of one node identity. */
  devicesPerPeer: z.number().int().min(1).default(64),
  /** Heartbeats a minute from one address: a thousand agents may stand behind one. */
  heartbeatsPerMinute: z.number().int().min(1).default(12_000),
  /** Registrations a minute from one address, and as many refreshed tokens. */
  registrationsPerMinute: z.number().int().min(1).default(600),
  /** Registrations a minute of one node identity, from wherever. */
  registrationsPerPeer: z.number().int().min(1).default(120),
  /** Clients that follow GET /v1/events at once. */
  eventClients: z.number().int().min(1).default(5_000),
  /** Of these, clients at one address (one /64 of IPv6). */
  eventClientsPerAddress: z.number().int().min(1).default(100),
});
export type BackbonePoolConfig = z.infer<typeof backbonePoolConfigSchema>;
