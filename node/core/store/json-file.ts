import type { z } from "zod";
import { readFileIfPresent, writeFileAtomically } from "./atomic-file.ts";

/** A small value that outlives restarts, in a file of its own. */
export interface JsonFile<T> {
  read(): Promise<T>;
  /** @throws DISK_FULL, DATA_FOLDER_UNWRITABLE */
  write(value: T): Promise<void>;
}

/** @param lost - What it is where there is no file, or one that is damaged */
export function createJsonFile<T>(path: string, schema: z.ZodType<T>, lost: T): JsonFile<T> {
  return {
    async read() {
      try {
        return schema.parse(JSON.parse((await readFileIfPresent(path)) ?? ""));
      } catch {
        return lost;
      }
    },
    write: (value) => writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`),
  };
}
