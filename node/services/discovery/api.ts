import { z } from "zod";
import { route } from "../../api/route.ts";
import { overlayErrors } from "../../core/overlay/errors.ts";
import { peerIdSchema, registrationSchema, timestampMsSchema } from "../../core/schema.ts";
import { discoveryErrors } from "./errors.ts";

export const lookupResultSchema = z.object({
  peerId: peerIdSchema,
  /** Multiaddrs from the node's own signed record. */
  addresses: z.array(z.string()),
  /** Relays through which it is reachable; empty for a node that can be dialled. */
  relays: z.array(peerIdSchema),
  sequence: z.number().int(),
  expiresAtMs: timestampMsSchema,
  /** Which of the sources, asked in parallel, answered first. */
  source: z.enum(["self", "cache", "dht", "backbone"]),
  elapsedMs: z.number(),
  registration: registrationSchema.nullable(),
});
export type LookupResult = z.infer<typeof lookupResultSchema>;

export const discoveryRoutes = {
  lookup: route({
    method: "GET",
    path: "/api/lookup",
    access: "owner",
    summary: "Finds a node by its peer ID in the peer cache, the DHT and the backbone's registry.",
    input: z.object({ peerId: peerIdSchema }),
    output: lookupResultSchema,
    errors: [overlayErrors.PEER_NOT_FOUND, discoveryErrors.LOOKUP_UNAVAILABLE, discoveryErrors.NOT_ANNOUNCED],
  }),
};
