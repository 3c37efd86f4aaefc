import { join } from "node:path";
import { z } from "zod";
import { readFileIfPresent, writeFileAtomically } from "../../core/store/index.ts";

const memorySchema = z.object({ deviceId: z.uuid().nullable(), paused: z.boolean() });
export type PoolMemory = z.infer<typeof memorySchema>;

/** What outlives a restart: the device's ID, which a new network card must not change, and whether its owner paused it. */
export interface PoolStore {
  read(): Promise<PoolMemory>;
  /** @throws DISK_FULL, DATA_FOLDER_UNWRITABLE */
  write(memory: PoolMemory): Promise<void>;
}

export function createPoolStore(folder: string): PoolStore {
  const path = join(folder, "pool.json");
  return {
    async read() {
      // The ID can be had again from the machine: a damaged file is no more than an absent one.
      try {
        return memorySchema.parse(JSON.parse((await readFileIfPresent(path)) ?? ""));
      } catch {
        return { deviceId: null, paused: false };
      }
    },
    write: (memory) => writeFileAtomically(path, `${JSON.stringify(memory, null, 2)}\n`),
  };
}
