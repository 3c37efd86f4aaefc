import { join } from "node:path";
import { z } from "zod";
import { createJsonFile, type JsonFile } from "../../core/store/index.ts";

const memorySchema = z.object({ deviceId: z.uuid().nullable(), paused: z.boolean() });
export type PoolMemory = z.infer<typeof memorySchema>;

/**
 * What outlives a restart: the device's ID, which a new network card must not change, and whether its owner paused it. The ID
 * can be had again from the machine: a damaged file is no more than an absent one.
 */
export function createPoolStore(folder: string): JsonFile<PoolMemory> {
  return createJsonFile(join(folder, "pool.json"), memorySchema, { deviceId: null, paused: false });
}
