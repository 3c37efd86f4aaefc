import { z } from "zod";
import { route } from "../../api/route.ts";
import { overlayErrors } from "../../core/overlay/errors.ts";
import { pathSchema, peerIdSchema } from "../../core/schema.ts";
import { throughputErrors } from "./errors.ts";

export const throughputRoutes = {
  ping: route({
    method: "POST",
    path: "/api/ping",
    access: "owner",
    summary: "Measures the round trip to a peer, connecting first where needed.",
    input: z.object({ peerId: peerIdSchema, count: z.number().int().min(1).max(100).default(4) }),
    output: z.object({
      peerId: peerIdSchema,
      path: pathSchema,
      relay: peerIdSchema.nullable(),
      connectMs: z.number(),
      roundTripsMs: z.array(z.number()),
    }),
    errors: [overlayErrors.PEER_NOT_FOUND, overlayErrors.PEER_UNREACHABLE],
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
    }),
    output: z.object({
      peerId: peerIdSchema,
      path: pathSchema,
      relay: peerIdSchema.nullable(),
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
      throughputErrors.TRANSFER_BUSY,
      throughputErrors.TRANSFER_FAILED,
      throughputErrors.TRANSFER_CORRUPT,
    ],
  }),
};
