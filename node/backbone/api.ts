import { z } from "zod";
import { openApiSchema, route } from "../api/route.ts";
import { chainErrors } from "../core/chain/errors.ts";
import { commonErrors } from "../core/errors.ts";
import { evidenceErrors } from "../core/evidence/errors.ts";
import { reportLineSchema } from "../core/evidence/lines.ts";
import { overlayErrors } from "../core/overlay/errors.ts";
import { recordErrors } from "../core/records/errors.ts";
import { signedRecordSchema } from "../core/records/node-record.ts";
import { addressSchema, hexSchema, peerIdSchema, registrationSchema } from "../core/schema.ts";
import { storeErrors } from "../core/store/errors.ts";
import { auditErrors } from "./audit/errors.ts";
import { backboneErrors } from "./errors.ts";

const none = z.object({});

/** 32 random bytes in hex; the prefix may be left out on input. */
const challengeSchema = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]{64}$/, "a challenge is 64 hex digits, with or without 0x")
  .transform((text) => `0x${text.replace(/^0x/, "").toLowerCase()}` as `0x${string}`);

/** How base64 of n bytes ends, by n modulo 3: the bits that are left over are zero. */
const base64Ends = [/[^=]$/, /[AQgw]==$/, /[AEIMQUYcgkosw048]=$/] as const;

/** Canonical base64 (RFC 4648, section 4) of exactly this many bytes. */
function base64Schema(bytes: number) {
  const message = `expected ${bytes} bytes in base64`;
  return z
    .base64(message)
    .length(Math.ceil(bytes / 3) * 4, message)
    .regex(base64Ends[bytes % 3] ?? /$/, message);
}

export const backboneNodeSchema = z.object({
  region: z.string(),
  /** IP address or host name. */
  ip: z.string(),
  port: z.number().int(),
});
export type BackboneNode = z.infer<typeof backboneNodeSchema>;

const epochSchema = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const hashSchema = hexSchema.refine((hex) => hex.length === 66, "expected 32 bytes");

/** The content is at most 8 KiB, and JSON may escape each of its characters. */
const maxSignedRecordBytes = 24 * 1024;
/** Records in one request of another backbone: their proofs take some milliseconds each. */
export const maxReplicated = 32;

const limits = [commonErrors.RATE_LIMITED, backboneErrors.DATABASE_UNAVAILABLE, storeErrors.DISK_FULL];

/**
 * The public API of a backbone. Top-level fields are snake_case; the documents inside (`record`, `registration`) have
 * the shape that they have everywhere.
 */
export const backboneRoutes = {
  openApi: route({
    method: "GET",
    path: "/v1/openapi.json",
    access: "public",
    summary: "This API as an OpenAPI 3.1 document.",
    input: none,
    output: openApiSchema,
    errors: [],
  }),
  challenge: route({
    method: "GET",
    path: "/api/auth/challenge",
    access: "public",
    summary: "A challenge for this peer to sign; valid once and for 30 seconds.",
    input: z.object({ peer_id: peerIdSchema }),
    output: z.object({ challenge: challengeSchema, expires_at: z.iso.datetime() }),
    errors: [...limits, backboneErrors.AUTH_BUSY],
  }),
  verify: route({
    method: "POST",
    path: "/api/auth/verify",
    access: "public",
    summary: "Trades a challenge signed by ML-DSA-87, context `shadowmesh/auth/1`, for a session token of 24 hours.",
    input: z.object({
      peer_id: peerIdSchema,
      challenge: challengeSchema,
      signature: base64Schema(4627),
      public_key: base64Schema(2592),
      node_address: addressSchema,
    }),
    output: z.object({
      session_token: z.string(),
      expires_at: z.iso.datetime(),
      backbone_nodes: z.array(backboneNodeSchema),
    }),
    errors: [
      ...limits,
      backboneErrors.AUTH_BUSY,
      backboneErrors.CHALLENGE_UNKNOWN,
      backboneErrors.CHALLENGE_EXPIRED,
      backboneErrors.PEER_ID_MISMATCH,
      backboneErrors.SIGNATURE_INVALID,
      backboneErrors.PEER_NOT_REGISTERED,
      auditErrors.AUDIT_BUSY,
      auditErrors.AUDIT_BROKEN,
      chainErrors.CHAIN_UNREACHABLE,
    ],
  }),
  announce: route({
    method: "POST",
    path: "/api/peers/announce",
    access: "peer",
    summary: "Stores the caller's newest node record in the registry.",
    input: signedRecordSchema,
    output: z.object({ peer_id: peerIdSchema, sequence: z.number().int(), expires_at: z.iso.datetime() }),
    errors: [
      ...limits,
      backboneErrors.SESSION_INVALID,
      backboneErrors.PEER_NOT_REGISTERED,
      recordErrors.RECORD_INVALID,
      backboneErrors.RECORD_NOT_YOURS,
      backboneErrors.RECORD_STALE,
    ],
    maxBodyBytes: maxSignedRecordBytes,
  }),
  replicate: route({
    method: "POST",
    path: "/api/peers/records",
    access: "public",
    summary: "For other backbones: takes node records that were announced to them; each proves itself.",
    input: z.object({ records: z.array(signedRecordSchema).min(1).max(maxReplicated) }),
    output: z.object({ stored: z.number().int() }),
    errors: limits,
    maxBodyBytes: maxReplicated * maxSignedRecordBytes,
  }),
  lookup: route({
    method: "GET",
    path: "/api/peers/lookup",
    access: "public",
    summary: "What the registry knows of a peer: its own signed record, and its registration on chain.",
    input: z.object({ peer_id: peerIdSchema }),
    output: z.object({
      peer_id: peerIdSchema,
      record: signedRecordSchema.nullable(),
      registration: registrationSchema.nullable(),
    }),
    errors: [...limits, overlayErrors.PEER_NOT_FOUND],
  }),
  node: route({
    method: "GET",
    path: "/api/node",
    access: "public",
    summary: "This backbone itself: how light nodes find its place in the overlay from its endpoint on chain.",
    input: none,
    output: z.object({ peer_id: peerIdSchema, region: z.string().nullable(), record: signedRecordSchema }),
    errors: [commonErrors.RATE_LIMITED, backboneErrors.NOT_READY],
  }),
  evidence: route({
    method: "GET",
    path: "/api/evidence",
    access: "public",
    summary: "The evidence behind the scores of an epoch, by default the newest on chain: a JSON object a line.",
    input: z.object({ epoch: epochSchema.optional(), root: hashSchema.optional() }),
    output: z.object({ epoch: epochSchema, root: hashSchema, published: z.boolean(), lines: z.array(z.string()) }),
    errors: [...limits, backboneErrors.EVIDENCE_NOT_FOUND],
  }),
  nodeEvidence: route({
    method: "GET",
    path: "/api/evidence/node",
    access: "public",
    summary: "The evidence about one node, each line with the proof that `Reputation.verifyEvidence` takes.",
    input: z.object({ epoch: epochSchema.optional(), peer_id: peerIdSchema }),
    output: z.object({
      epoch: epochSchema,
      root: hashSchema,
      leaves: z.array(z.object({ line: z.string(), proof: z.array(hashSchema) })),
    }),
    errors: [...limits, backboneErrors.EVIDENCE_NOT_FOUND],
  }),
  report: route({
    method: "GET",
    path: "/api/evidence/report",
    access: "public",
    summary: "What this backbone's own probes saw in a closed epoch, under its signature.",
    input: z.object({ epoch: epochSchema }),
    output: z.object({ report: reportLineSchema, probes: z.array(z.string()) }),
    errors: [...limits, backboneErrors.EPOCH_OPEN, backboneErrors.EVIDENCE_NOT_FOUND],
  }),
  sign: route({
    method: "POST",
    path: "/api/scores/sign",
    access: "public",
    summary: "For other backbones: signs the scores that a proposed evidence comes to, if this backbone agrees.",
    input: z.object({ epoch: epochSchema, root: hashSchema, proposer: peerIdSchema }),
    output: z.object({ mlDsaKeyHash: hashSchema, r: hashSchema, vs: hashSchema }),
    errors: [
      ...limits,
      backboneErrors.EPOCH_OPEN,
      backboneErrors.EVIDENCE_NOT_FOUND,
      backboneErrors.EVIDENCE_REFUSED,
      auditErrors.AUDIT_BUSY,
      auditErrors.AUDIT_BROKEN,
      evidenceErrors.EVIDENCE_INVALID,
    ],
  }),
  keys: route({
    method: "GET",
    path: "/.well-known/jwks.json",
    access: "public",
    summary: "The public keys of agents' tokens (RFC 7517), shared by all instances on one database.",
    input: none,
    output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
    errors: limits,
  }),
  health: route({
    method: "GET",
    path: "/healthz",
    access: "public",
    summary: "Whether the process runs.",
    input: none,
    output: z.object({ status: z.literal("ok") }),
    errors: [],
  }),
  ready: route({
    method: "GET",
    path: "/readyz",
    access: "public",
    summary: "Whether database and chain can be reached; `exclude=chain` asks for the database alone.",
    /** Without the chain known nodes still sign in: who takes instances out of service by this may leave it out. */
    input: z.object({ exclude: z.literal("chain").optional() }),
    output: z.object({ status: z.literal("ready") }),
    errors: [backboneErrors.NOT_READY],
  }),
};
