import { z } from "zod";
import { route } from "../../api/route.ts";
import { storeErrors } from "../../core/store/errors.ts";

const bytes = z.number().int().nonnegative();

export const poolStatusSchema = z.object({
  /** Whether the owner opted in. */
  enabled: z.boolean(),
  paused: z.boolean(),
  /** A backbone has taken a heartbeat, and no later one failed. */
  connected: z.boolean(),
  deviceId: z.string().nullable(),
  /** What the last heartbeat offered. */
  offer: z.object({ cores: z.number(), memoryBytes: bytes, storageBytes: bytes, gpus: z.number().int() }).nullable(),
  /** Why it offered nothing. */
  withheld: z.enum(["paused", "hours", "busy", "battery", "hot"]).nullable(),
  lastHeartbeatMs: z.number().int().nullable(),
  errorCode: z.string().nullable(),
});
export type PoolStatus = z.infer<typeof poolStatusSchema>;

const none = z.object({});
const disk = [storeErrors.DISK_FULL, storeErrors.DATA_FOLDER_UNWRITABLE];

export const poolRoutes = {
  pool: route({
    method: "GET",
    path: "/api/pool",
    access: "owner",
    summary: "What this machine offers to the resource pool.",
    input: none,
    output: poolStatusSchema,
    errors: [],
  }),
  pausePool: route({
    method: "POST",
    path: "/api/pool/pause",
    access: "owner",
    summary: "Offers nothing from now on, through restarts too.",
    input: none,
    output: poolStatusSchema,
    errors: disk,
  }),
  resumePool: route({
    method: "POST",
    path: "/api/pool/resume",
    access: "owner",
    summary: "Offers again what the configuration says.",
    input: none,
    output: poolStatusSchema,
    errors: disk,
  }),
};
