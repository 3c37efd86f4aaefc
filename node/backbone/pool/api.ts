import { z } from "zod";
import { route } from "../../api/route.ts";
import { deviceSorts, poolEventTypes } from "../../api/vocabulary.ts";
import { chainErrors } from "../../core/chain/errors.ts";
import { commonErrors } from "../../core/errors.ts";
import { peerIdSchema, timestampMsSchema } from "../../core/schema.ts";
import { storeErrors } from "../../core/store/errors.ts";
import { adminErrors } from "../admin/errors.ts";
import { auditErrors } from "../audit/errors.ts";
import { backboneErrors } from "../errors.ts";
import { poolErrors } from "./errors.ts";

const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const percent = z.number().min(0).max(100);
const cores = z.number().min(0).max(4_096);
const gpus = z.number().int().min(0).max(64);
/** What a device calls its parts: shown to people, so of one line; PostgreSQL takes no NUL. */
const label = z
  .string()
  .max(128)
  .regex(/^\P{Cc}*$/u, "expected a name without control characters");

/** What a device has; it can offer no more. */
export const capabilitiesSchema = z.object({
  cpu: z.object({ model: label, cores: cores.min(1) }),
  memoryBytes: bytes,
  storageBytes: bytes,
  gpus: z.array(z.object({ name: label, memoryBytes: bytes.nullable() })).max(64),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** What a device offers to the pool at this moment. */
const offeredSchema = z.object({ cores, memoryBytes: bytes, storageBytes: bytes, gpus });
export type Offered = z.infer<typeof offeredSchema>;

export const heartbeatSchema = z.object({
  cpu: z.object({ offeredCores: cores, loadPercent: percent, temperatureC: z.number().min(-100).max(200).nullable() }),
  gpu: z.object({ offered: gpus }),
  memory: z.object({ offeredBytes: bytes, usedBytes: bytes }),
  storage: z.object({ offeredBytes: bytes, usedBytes: bytes }),
  /** Seconds since the machine started. */
  uptime: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
});
export type HeartbeatReport = z.infer<typeof heartbeatSchema>;

const tokensSchema = z.object({
  agentToken: z.string(),
  refreshToken: z.string(),
  /** Seconds for which the agent token is good. */
  expiresIn: z.number().int(),
});
export type AgentTokens = z.infer<typeof tokensSchema>;

const totalsSchema = z.object({
  online: z.number().int(),
  ...offeredSchema.shape,
  cores: z.number(),
  gpus: z.number(),
});

export const aggregateSchema = z.object({
  at: z.iso.datetime(),
  registered: z.number().int(),
  totals: totalsSchema.extend({ loadPercent: percent.nullable() }),
  regions: z.array(totalsSchema.extend({ region: z.string() })),
});
export type Aggregate = z.infer<typeof aggregateSchema>;

/** What happened in the pool. A device is a number here, which tells nothing of the machine or its owner. */
export const poolEventSchema = z.object({
  type: z.enum(poolEventTypes),
  at: z.iso.datetime(),
  node: z.number().int().nullable(),
  region: z.string().nullable(),
  offered: offeredSchema.nullable(),
  /** Of an alert: an error code. */
  code: z.string().nullable(),
});
export type PoolEvent = z.infer<typeof poolEventSchema>;

const audited = [auditErrors.AUDIT_BUSY, auditErrors.AUDIT_BROKEN];
const listedSchema = z.object({
  node: z.number().int(),
  peerId: peerIdSchema,
  region: z.string(),
  platform: z.string(),
  online: z.boolean(),
  lastSeenMs: timestampMsSchema,
  registeredAtMs: timestampMsSchema,
  capabilities: capabilitiesSchema,
  offered: offeredSchema,
  loadPercent: percent,
  temperatureC: z.number().nullable(),
  uptimeS: z.number(),
});
export type ListedDevice = z.infer<typeof listedSchema>;

const wholeText = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .pipe(bytes);
/** As JavaScript writes numbers from zero to some thousands. */
const realText = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,24})?(e-\d{1,3})?$/)
  .transform(Number);
const cursorOf = <V extends z.ZodType<number, string>>(value: V) =>
  z
    .string()
    .transform((text) => text.split("_"))
    .pipe(z.tuple([value, wholeText]));

/** Where the next page starts, by what devices are sorted by: after the one of this value and number. */
export const deviceCursors = {
  node: cursorOf(wholeText),
  lastSeenMs: cursorOf(wholeText),
  memoryBytes: cursorOf(wholeText),
  cores: cursorOf(realText),
  loadPercent: cursorOf(realText),
};

const querySchema = z
  .object({
    sort: z.enum(deviceSorts).default("node"),
    order: z.enum(["asc", "desc"]).default("asc"),
    region: z
      .string()
      .max(32)
      .regex(/^\P{Cc}*$/u)
      .optional(),
    online: z.enum(["true", "false"]).optional(),
    /** A device's number, the beginning of a peer ID, or a part of a platform's or processor's name. */
    search: label.optional(),
    /** `next` of the page before. */
    cursor: z.string().max(64).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })
  .refine(({ sort, cursor }) => cursor === undefined || deviceCursors[sort].safeParse(cursor).success, {
    path: ["cursor"],
    message: "expected the `next` of a page before, sorted in the same way",
  });
export type DeviceQuery = z.infer<typeof querySchema>;

const limits = [commonErrors.RATE_LIMITED, backboneErrors.DATABASE_UNAVAILABLE, storeErrors.DISK_FULL];

export const poolRoutes = {
  registerAgent: route({
    method: "POST",
    path: "/v1/agent/register",
    access: "peer",
    summary:
      "Puts a device of the caller into the pool, or back into it; tokens that it had are worth nothing any more.",
    input: z.object({
      deviceId: z.uuid().transform((text) => text.toLowerCase()),
      /** Operating system and architecture, such as `linux-x64`. */
      platform: z.string().regex(/^[\w.-]{1,64}$/, "expected a platform such as linux-x64"),
      capabilities: capabilitiesSchema,
    }),
    output: tokensSchema,
    errors: [
      ...limits,
      ...audited,
      backboneErrors.SESSION_INVALID,
      backboneErrors.PEER_NOT_REGISTERED,
      chainErrors.CHAIN_UNREACHABLE,
      poolErrors.DEVICE_LIMIT,
    ],
  }),
  refreshAgent: route({
    method: "POST",
    path: "/v1/agent/refresh",
    access: "public",
    summary: "Trades a refresh token, once, for new tokens; one that is used again revokes all tokens of its device.",
    input: z.object({ refreshToken: z.string().max(256) }),
    output: tokensSchema,
    errors: [
      ...limits,
      ...audited,
      poolErrors.REFRESH_TOKEN_INVALID,
      poolErrors.REFRESH_TOKEN_REUSED,
      backboneErrors.PEER_NOT_REGISTERED,
      chainErrors.CHAIN_UNREACHABLE,
    ],
  }),
  heartbeat: route({
    method: "POST",
    path: "/v1/agent/heartbeat",
    access: "agent",
    summary: "What a device offers and how busy it is; the answer says in how many milliseconds to send the next one.",
    input: heartbeatSchema,
    output: z.object({ accepted: z.literal(true), nextHeartbeat: z.number().int() }),
    errors: [...limits, poolErrors.AGENT_TOKEN_INVALID],
    maxBodyBytes: 4 * 1024,
  }),
  leave: route({
    method: "POST",
    path: "/v1/agent/leave",
    access: "agent",
    summary: "Says that a device leaves the pool; its next heartbeat brings it back.",
    input: z.object({}),
    output: z.object({ accepted: z.literal(true) }),
    errors: [...limits, poolErrors.AGENT_TOKEN_INVALID],
    maxBodyBytes: 1024,
  }),
  nodes: route({
    method: "GET",
    path: "/v1/nodes",
    access: "admin",
    summary: "The devices of the pool, page by page, sorted and filtered.",
    input: querySchema,
    output: z.object({
      nodes: z.array(listedSchema),
      /** How many there are on all pages. */
      matching: z.number().int(),
      next: z.string().nullable(),
    }),
    errors: [...limits, adminErrors.ADMIN_SIGN_IN_REQUIRED, adminErrors.SECOND_FACTOR_REQUIRED],
  }),
  aggregate: route({
    method: "GET",
    path: "/v1/aggregate",
    access: "public",
    summary: "What all devices that are online offer together, by region too.",
    input: z.object({}),
    output: aggregateSchema,
    errors: limits,
  }),
  events: route({
    method: "GET",
    path: "/v1/events",
    access: "public",
    summary:
      "Server-sent events (`text/event-stream`): each `event` is the type, each `data` this object. A client that comes " +
      "back with Last-Event-ID gets what it missed, or the event `reset` where that is gone.",
    input: z.object({ lastEventId: z.coerce.number().int().min(0).optional() }),
    output: poolEventSchema,
    errors: [commonErrors.RATE_LIMITED, poolErrors.EVENTS_BUSY],
    stream: "text/event-stream",
  }),
};
