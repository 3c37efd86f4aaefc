import { z } from "zod";
import { udpAddressSchema } from "./udp-address.ts";

/** Agrees, over a relayed connection, on the addresses, tokens and streams of a direct one. */
export const punchProtocol = "/shadowmesh/punch/1.0.0";

/** Addresses that a side may name; an offer then has some 700 bytes, less than a message may. */
export const maxOffered = 8;

const offerSchema = z.object({
  /** What the other one's probes have to show. */
  token: z.string().regex(/^[0-9a-f]{32}$/),
  streamId: z.number().int().min(0).max(0xffff_ffff),
  mapping: z.enum(["endpoint-independent", "address-dependent", "unknown"]),
  candidates: z.array(udpAddressSchema).max(maxOffered),
});
export type PunchOffer = z.infer<typeof offerSchema>;

/**
 * Why a peer does not punch: it has no UDP socket; no UDP leaves its network; both NATs are symmetric; it is at as many
 * as it can, at one with this peer, or was a moment ago; the contract does not know who asks.
 */
const refusalSchema = z.enum(["no-udp", "udp-blocked", "symmetric", "busy", "not-known"]);
export type PunchRefusal = z.infer<typeof refusalSchema>;

export const requestSchema = offerSchema;
export const answerSchema = z.union([offerSchema, z.object({ refused: refusalSchema })]);
/** Whether the sender has found an address of the other that works: they connect once both have. */
export const outcomeSchema = z.object({ found: z.boolean() });
