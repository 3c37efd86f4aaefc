import { z } from "zod";
import { route } from "../../api/route.ts";
import { overlayErrors } from "../../core/overlay/errors.ts";
import {
  pathSchema,
  peerIdSchema,
  portMappingSchema,
  registrationSchema,
  timestampMsSchema,
  weiSchema,
} from "../../core/schema.ts";
import { discoveryErrors } from "./errors.ts";

export const lookupResultSchema = z.object({
  peerId: peerIdSchema,
  /** Multiaddrs from the node's own signed record. */
  addresses: z.array(z.string()),
  /** Relays through which it is reachable; empty for a node that can be dialled. */
  relays: z.array(peerIdSchema),
  sequence: z.number().int(),
  expiresAtMs: timestampMsSchema,
  /** Which source gave the first valid answer: a backbone is asked a moment ahead of both DHTs; `last-known`: none could be asked, and the record has run out. */
  source: z.enum(["self", "cache", "regional-dht", "global-dht", "backbone", "last-known"]),
  elapsedMs: z.number(),
  registration: registrationSchema.nullable(),
});
export type LookupResult = z.infer<typeof lookupResultSchema>;

const attemptSchema = z.object({
  rung: pathSchema,
  /** Multiaddr; null where none was known before it failed. */
  address: z.string().nullable(),
  relay: peerIdSchema.nullable(),
  /** `abandoned`: another way was faster, or whoever asked gave up. */
  outcome: z.enum(["opened", "failed", "abandoned"]),
  failure: z.object({ code: z.string(), reason: z.string(), action: z.string() }).nullable(),
  elapsedMs: z.number(),
  atMs: timestampMsSchema,
});

export const rungReportSchema = z.object({
  rung: pathSchema,
  state: z.enum(["in-use", "failed", "not-applicable", "untried", "not-needed"]),
  /** Of what failed, or why it does not apply. */
  code: z.string().nullable(),
  /** Sentences for people. */
  reason: z.string(),
  /** The last ones, the newest first; in the daemon's memory alone. */
  attempts: z.array(attemptSchema),
});
export type RungReport = z.infer<typeof rungReportSchema>;

export const whySchema = z.object({
  peerId: peerIdSchema,
  /** The connection that new streams take; null where the peer can't be reached. */
  path: z
    .object({
      rung: pathSchema,
      address: z.string(),
      relay: peerIdSchema.nullable(),
      direction: z.enum(["inbound", "outbound"]),
      openedAtMs: timestampMsSchema,
      /** How long this node took to connect; null where the peer came to it. */
      connectMs: z.number().nullable(),
      roundTripMs: z.number().nullable(),
      /** Of what a relay passes beyond its free allowance, by the contract; null where it is not known, or none passes. */
      pricePerGiBWei: weiSchema.nullable(),
    })
    .nullable(),
  reason: z.string(),
  /** The whole ladder, best first. */
  rungs: z.array(rungReportSchema),
  /** What others can reach this node by, besides what it listens on. */
  portMapping: portMappingSchema,
});
export type Why = z.infer<typeof whySchema>;

export const discoveryRoutes = {
  lookup: route({
    method: "GET",
    path: "/api/lookup",
    access: "owner",
    summary:
      "Finds a node by its peer ID in the peer cache, the DHTs of its region and of all, and the backbone's registry.",
    input: z.object({ peerId: peerIdSchema }),
    output: lookupResultSchema,
    errors: [overlayErrors.PEER_NOT_FOUND, discoveryErrors.LOOKUP_UNAVAILABLE, discoveryErrors.NOT_ANNOUNCED],
  }),
  why: route({
    method: "POST",
    path: "/api/why",
    access: "owner",
    summary: "How a peer is reached, how fast and at what price, and why no better way is taken; connects first.",
    input: z.object({ peerId: peerIdSchema }),
    output: whySchema,
    errors: [overlayErrors.PEER_NOT_FOUND, discoveryErrors.LOOKUP_UNAVAILABLE, discoveryErrors.PEER_IS_SELF],
  }),
};
