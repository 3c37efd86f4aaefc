import { z } from "zod";
import { canonicalPeerId, peerIdPattern } from "./vocabulary.ts";

/** The 20-byte ShadowMesh peer ID as 0x-prefixed lower-case hex; the prefix may be left out on input. */
export const peerIdSchema = z
  .string()
  .trim()
  .regex(peerIdPattern, "a peer ID is 40 hex digits, with or without 0x")
  .transform(canonicalPeerId);

/** A 20-byte Ethereum address in hex. */
export const addressSchema = z
  .string()
  .trim()
  .regex(/^0x[0-9a-fA-F]{40}$/, "an address is 0x and 40 hex digits")
  .transform((text) => text as `0x${string}`);

/** Hex bytes of any length. */
export const hexSchema = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, "expected 0x-prefixed hex bytes")
  .transform((text) => text as `0x${string}`);

/** An amount in wei as a decimal string: JSON numbers lose precision above 2^53. */
export const weiSchema = z.string().regex(/^\d+$/, "expected an amount in wei as a decimal string");

/** Milliseconds since 1970-01-01 UTC. */
export const timestampMsSchema = z.number().int().nonnegative();

export const nodeTypeSchema = z.enum(["backbone_auth", "light_private", "light_public"]);
export type NodeType = z.infer<typeof nodeTypeSchema>;

/** How two nodes are connected, best first: the rungs of the reachability ladder, and what is taken only where asked. */
export const pathSchema = z.enum(["direct", "punched", "relayed", "onion"]);
export type Path = z.infer<typeof pathSchema>;

/** What the ladder tries by itself, best first. */
export const rungs: readonly Path[] = ["direct", "punched", "relayed"];

/** Relays of an onion path at the most: each costs a round trip, and is paid. */
export const maxHops = 4;

/** What the router before a node forwards to it. */
export const portMappingSchema = z.object({
  /** Null where nothing is forwarded. */
  protocol: z.enum(["NAT-PMP", "UPnP"]).nullable(),
  /** The router's address on its other side. */
  externalHost: z.string().nullable(),
  /** Ports of this node, and those of the router that lead to them. */
  ports: z.array(z.object({ protocol: z.enum(["tcp", "udp"]), inside: z.number().int(), outside: z.number().int() })),
  /** Why nothing is forwarded, or nothing comes of it; null where all is well, or while it is being found out. */
  code: z.string().nullable(),
  reason: z.string().nullable(),
});
export type PortMapping = z.infer<typeof portMappingSchema>;

/** What NodeNexus says about a node. */
export const registrationSchema = z.object({
  peerId: peerIdSchema,
  nodeType: nodeTypeSchema,
  region: z.string(),
  operator: addressSchema,
  bandwidthMbps: z.number().int(),
  stakeWei: weiSchema,
  lastSeenMs: timestampMsSchema,
  active: z.boolean(),
});
export type Registration = z.infer<typeof registrationSchema>;
