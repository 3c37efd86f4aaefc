import { z } from "zod";
import { commonErrors, defineErrors } from "../core/errors.ts";
import {
  addressSchema,
  hexSchema,
  pathSchema,
  peerIdSchema,
  portMappingSchema,
  registrationSchema,
  timestampMsSchema,
} from "../core/schema.ts";
import { openApiSchema, route } from "./route.ts";

/** Codes of the daemon's own API. */
export const apiErrors = defineErrors({
  HOST_NOT_ALLOWED: {
    status: 421,
    summary: "This address does not belong to the daemon.",
    action: "Open the link that `shadowmesh gui` prints.",
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    summary: "Another site may not call the daemon.",
    action: "Open the link that `shadowmesh gui` prints.",
  },
  NOT_SIGNED_IN: {
    status: 401,
    summary: "Only the owner of this daemon may do that.",
    action: "Run `shadowmesh gui` on the machine of the daemon and open the link it prints.",
  },
  SIGN_IN_TOKEN_INVALID: {
    status: 401,
    summary: "This sign-in link was used already or has run out.",
    action: "Run `shadowmesh gui` again: each link works once.",
  },
  NOT_A_BACKBONE: {
    status: 409,
    summary: "This node is no backbone.",
    action: "Ask a node whose `backbone.enabled` is true.",
  },
  WALLET_SIGN_IN_REFUSED: {
    status: 403,
    summary: "This wallet's signature does not sign in to this daemon.",
    action: "Sign with the wallet of the node's operator, or use the link that `shadowmesh gui` prints.",
  },
});

/** What a walk over a backbone's audit log found. */
export const auditVerificationSchema = z.object({
  size: z.number().int(),
  /** SHA-256 in hex. */
  root: z.string(),
  heads: z.number().int(),
  /** Events under the head that is on chain; null where none is. */
  anchored: z.number().int().nullable(),
  findings: z.array(
    z.object({
      kind: z.enum(["changed", "removed", "inserted", "subtree", "rewritten", "head"]),
      /** The first event that is concerned, and the one behind the last. */
      from: z.number().int(),
      to: z.number().int(),
    }),
  ),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;

/** A step on a node's way from its registration to being found by others. */
export const progressStepSchema = z.object({
  step: z.enum(["registered", "joined", "authenticated", "found"]),
  state: z.enum(["waiting", "active", "done", "failed"]),
  /** When the state was reached. */
  atMs: timestampMsSchema.nullable(),
  /** A sentence for people: what was seen, or what it waits for. */
  detail: z.string(),
  errorCode: z.string().nullable(),
});
export type ProgressStep = z.infer<typeof progressStepSchema>;

export const chainStatusSchema = z.object({
  chainId: z.number().int(),
  rpcUrl: z.string(),
  nexusAddress: addressSchema.nullable(),
  /** RelayPayments; null where relaying is free. */
  paymentsAddress: addressSchema.nullable(),
  state: z.enum(["connected", "unreachable", "wrong-chain", "no-contract"]),
  blockNumber: z.number().int().nullable(),
  /** Chain 31337: the development wallet may be offered. */
  development: z.boolean(),
});

export const statusSchema = z.object({
  version: z.string(),
  peerId: peerIdSchema,
  nodeAddress: addressSchema,
  startedAtMs: timestampMsSchema,
  /** It hosts nothing for others: no relaying, no records of the DHT, no measurements. */
  viewOnly: z.boolean(),
  chain: chainStatusSchema,
  registration: registrationSchema.nullable(),
  /** 0 to 100, as the chain had it last; null for a node that is not active, or before the chain was asked. */
  score: z.number().int().nullable(),
  progress: z.array(progressStepSchema),
  overlay: z.object({
    running: z.boolean(),
    /** Multiaddrs under which this node can be reached. */
    addresses: z.array(z.string()),
    connectedPeers: z.number().int(),
    cachedPeers: z.number().int(),
    /** `direct`: others have connected to it; `unverified`: it listens, nobody has yet; `relayed`: only through the listed relays; `none`: not reachable now. */
    reachability: z.enum(["direct", "unverified", "relayed", "none"]),
    relays: z.array(peerIdSchema),
    /** Those of the relays at which it waits for being woken, instead of being connected. */
    relaysParked: z.array(peerIdSchema),
    /** What the router before this node forwards to it. */
    portMapping: portMappingSchema,
    /** Reservations that other nodes hold with this one, where it relays. */
    reservationsHeld: z.number().int(),
    /** Those of them that wait for being woken. */
    reservationsParked: z.number().int(),
  }),
  backbone: z
    .object({
      peerId: peerIdSchema,
      url: z.string(),
      authenticated: z.boolean(),
      sessionExpiresAtMs: timestampMsSchema.nullable(),
    })
    .nullable(),
  memory: z.object({ rssBytes: z.number().int() }),
});
export type NodeStatus = z.infer<typeof statusSchema>;

export const peerSchema = z.object({
  peerId: peerIdSchema,
  address: z.string(),
  direction: z.enum(["inbound", "outbound"]),
  path: pathSchema,
  openedAtMs: timestampMsSchema,
  /** Last measured round trip, null before the first. */
  roundTripMs: z.number().nullable(),
  /** From the contract; null for an unregistered peer. */
  registration: registrationSchema.nullable(),
});
export type Peer = z.infer<typeof peerSchema>;

const none = z.object({});

export const sessionSchema = z.object({
  signedIn: z.boolean(),
  by: z.enum(["link", "wallet", "key", "api-key"]).nullable(),
});

export const daemonRoutes = {
  health: route({
    method: "GET",
    path: "/healthz",
    access: "public",
    summary: "Whether the daemon runs.",
    input: none,
    output: z.object({ status: z.literal("ok") }),
    errors: [],
  }),
  openApi: route({
    method: "GET",
    path: "/api/openapi.json",
    access: "public",
    summary: "This API as an OpenAPI 3.1 document.",
    input: none,
    output: openApiSchema,
    errors: [],
  }),
  session: route({
    method: "GET",
    path: "/api/session",
    access: "public",
    summary: "Who is signed in.",
    input: none,
    output: sessionSchema,
    errors: [],
  }),
  signIn: route({
    method: "POST",
    path: "/api/session",
    access: "public",
    summary: "Signs in with the one-time token of a link.",
    input: z.object({ token: z.string().max(128) }),
    output: sessionSchema,
    errors: [apiErrors.SIGN_IN_TOKEN_INVALID, commonErrors.RATE_LIMITED],
  }),
  signOut: route({
    method: "DELETE",
    path: "/api/session",
    access: "owner",
    summary: "Ends the session.",
    input: none,
    output: sessionSchema,
    errors: [],
  }),
  walletNonce: route({
    method: "GET",
    path: "/api/session/wallet",
    access: "public",
    summary: "A nonce for signing in with the operator's wallet (EIP-4361).",
    input: none,
    output: z.object({ nonce: z.string() }),
    errors: [commonErrors.RATE_LIMITED],
  }),
  walletSignIn: route({
    method: "POST",
    path: "/api/session/wallet",
    access: "public",
    summary: "Signs in with an EIP-4361 message signed by the wallet of the node's operator.",
    input: z.object({ message: z.string().max(4096), signature: hexSchema }),
    output: sessionSchema,
    errors: [apiErrors.WALLET_SIGN_IN_REFUSED, commonErrors.RATE_LIMITED],
  }),
  createSignInLink: route({
    method: "POST",
    path: "/api/session/link",
    access: "in-person",
    summary: "Makes a new one-time sign-in link.",
    input: none,
    output: z.object({ url: z.string(), expiresAtMs: timestampMsSchema }),
    errors: [],
  }),
  /** What a page may know before anyone signs in: enough to show the chain's public data. */
  network: route({
    method: "GET",
    path: "/api/network",
    access: "public",
    summary: "The chain and contract that this daemon uses.",
    input: none,
    output: chainStatusSchema,
    errors: [],
  }),
  status: route({
    method: "GET",
    path: "/api/status",
    access: "owner",
    summary: "This node at a glance.",
    input: none,
    output: statusSchema,
    errors: [],
  }),
  peers: route({
    method: "GET",
    path: "/api/peers",
    access: "owner",
    summary: "The peers this node is connected to.",
    input: none,
    output: z.object({ peers: z.array(peerSchema) }),
    errors: [],
  }),
  auditVerification: route({
    method: "GET",
    path: "/api/audit/verification",
    access: "owner",
    summary: "Walks a backbone's whole audit log, and names what is not as it was written.",
    input: none,
    output: auditVerificationSchema,
    errors: [apiErrors.NOT_A_BACKBONE],
  }),
  rotateKeys: route({
    method: "POST",
    path: "/api/backbone/keys",
    access: "owner",
    summary: "Makes the next key for a backbone's session tokens; `revoke` ends all that were issued.",
    input: z.object({ revoke: z.boolean().default(false) }),
    output: z.object({ kid: z.string(), signsFromMs: timestampMsSchema }),
    errors: [apiErrors.NOT_A_BACKBONE],
  }),
  backup: route({
    method: "GET",
    path: "/api/backbone/backup",
    access: "command",
    summary: "Gives a backbone's database, as it is at one moment, as lines of JSON: see docs/guides/backup.md.",
    input: none,
    output: z.record(z.string(), z.unknown()),
    errors: [apiErrors.NOT_A_BACKBONE],
    stream: "application/x-ndjson",
  }),
  stop: route({
    method: "POST",
    path: "/api/stop",
    access: "owner",
    summary: "Stops the daemon gracefully.",
    input: none,
    output: z.object({ stopping: z.literal(true) }),
    errors: [],
  }),
};
