import { z } from "zod";
import { route } from "../../api/route.ts";
import { overlayErrors } from "../../core/overlay/errors.ts";
import { onionErrors } from "../../core/overlay/onion/errors.ts";
import { maxHops, pathSchema, peerIdSchema } from "../../core/schema.ts";
import { throughputErrors } from "./errors.ts";

/** Relays that the path leads through, each of which learns its neighbours alone; 0 for the best way there is. */
const hopsSchema = z.number().int().min(0).max(maxHops).default(0);

export const throughputRoutes = {
  ping: route({
    method: "POST",
    path: "/api/ping",
    access: "owner",
    summary: "Measures the round trip to a peer, connecting first where needed.",
    input: z.object({ peerId: peerIdSchema, count: z.number().int().min(1).max(100).default(4), hops: hopsSchema }),
    output: z.object({
      peerId: peerIdSchema,
      path: pathSchema,
      /** In the order in which they pass the bytes on; empty where none does, or it is not known. */
      relays: z.array(peerIdSchema),
      connectMs: z.number(),
      roundTripsMs: z.array(z.number()),
    }),
    errors: [
      overlayErrors.PEER_NOT_FOUND,
      overlayErrors.PEER_UNREACHABLE,
      onionErrors.TOO_FEW_RELAYS,
      onionErrors.HOP_REFUSED,
    ],
  }),
  throughput: route({
    method: "POST",
    path: "/api/throughput",
    access: "owner",
    summary: "Moves random bytes to a peer, which hashes what it receives: speed and integrity of the path.",
    input: z.object({
      peerId: peerIdSchema,
      bytes: z
        .number()
        .int()
        .min(1)
        .max(2 ** 30)
        .default(16 * 2 ** 20),
      hops: hopsSchema,
    }),
    output: z.object({
      peerId: peerIdSchema,
      path: pathSchema,
      /** In the order in which they pass the bytes on; empty where none does, or it is not known. */
      relays: z.array(peerIdSchema),
      /** Whether the bytes had a TCP connection of their own (a lane), or shared the muxed one with all else. */
      dedicated: z.boolean(),
      bytes: z.number().int(),
      elapsedMs: z.number(),
      sha256: z.string(),
    }),
    errors: [
      overlayErrors.PEER_NOT_FOUND,
      overlayErrors.PEER_UNREACHABLE,
      overlayErrors.PAYMENT_REQUIRED,
      onionErrors.TOO_FEW_RELAYS,
      onionErrors.HOP_REFUSED,
      throughputErrors.TRANSFER_BUSY,
      throughputErrors.TRANSFER_FAILED,
      throughputErrors.TRANSFER_CORRUPT,
    ],
  }),
};
