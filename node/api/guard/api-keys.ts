import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Logger } from "pino";
import { z } from "zod";
import { ShadowMeshError } from "../../core/errors.ts";
import { readFileIfPresent, writeFileAtomically } from "../../core/store/index.ts";
import { type ApiKey, apiKeyErrors, apiKeySchema } from "../api-keys.ts";
import type { ApiKeyScope } from "../vocabulary.ts";
import { createSecret } from "./secrets.ts";

/** Marks what leaks as a key of this program, for those who look for such things. */
const prefix = "smk_";
const maxKeys = 64;
/** The last use is kept to the minute: a key that is used all the time writes no more often. */
const usedStepMs = 60_000;
const dayMs = 24 * 3_600_000;

const storedSchema = apiKeySchema.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
type Stored = z.infer<typeof storedSchema>;
const fileSchema = z.object({ version: z.literal(1), keys: z.array(storedSchema) });

/** Keys for programs of the owner, kept as hashes: 256 random bits need no slow one. */
export interface ApiKeys {
  list(): ApiKey[];
  /** @throws API_KEYS_TOO_MANY, DISK_FULL, DATA_FOLDER_UNWRITABLE */
  create(wanted: {
    name: string;
    scope: ApiKeyScope;
    expiresInDays: number | null;
  }): Promise<{ key: string; created: ApiKey }>;
  /** @throws API_KEY_UNKNOWN, DISK_FULL, DATA_FOLDER_UNWRITABLE */
  revoke(id: string): Promise<void>;
  /** The scope of a key that is valid now. */
  scopeOf(key: string): ApiKeyScope | null;
}

export async function createApiKeys(folder: string, deps: { now: () => number; log: Logger }): Promise<ApiKeys> {
  const { now, log } = deps;
  const path = join(folder, "api-keys.json");
  let keys = await read(path, log);
  let writing: Promise<void> = Promise.resolve();

  const write = (next: Stored[]) => {
    const text = `${JSON.stringify({ version: 1, keys: next }, null, 2)}\n`;
    writing = writing.catch(() => undefined).then(() => writeFileAtomically(path, text));
    return writing;
  };
  const shown = ({ sha256: _, ...key }: Stored): ApiKey => key;

  return {
    list: () => keys.map(shown),
    async create({ name, scope, expiresInDays }) {
      if (keys.length >= maxKeys) throw new ShadowMeshError(apiKeyErrors.API_KEYS_TOO_MANY);
      const key = `${prefix}${createSecret()}`;
      const createdAtMs = now();
      const expiresAtMs = expiresInDays === null ? null : createdAtMs + expiresInDays * dayMs;
      const created = { id: randomUUID(), name, scope, createdAtMs, expiresAtMs, lastUsedAtMs: null };
      // On disk before it is told, so that no restart takes it back.
      const next = [...keys, { ...created, sha256: hash(key) }];
      await write(next);
      keys = next;
      return { key, created };
    },
    async revoke(id) {
      const next = keys.filter((key) => key.id !== id);
      if (next.length === keys.length) throw new ShadowMeshError(apiKeyErrors.API_KEY_UNKNOWN, { details: { id } });
      // Here at once, also where the disk is full: it is still in the file then, and the owner is told.
      keys = next;
      await write(next);
    },
    scopeOf(key) {
      if (!key.startsWith(prefix)) return null;
      const sha256 = hash(key);
      const found = keys.find((one) => one.sha256 === sha256);
      if (found === undefined || (found.expiresAtMs !== null && found.expiresAtMs <= now())) return null;
      if (now() - (found.lastUsedAtMs ?? 0) >= usedStepMs) {
        found.lastUsedAtMs = now();
        write(keys).catch((error: unknown) => log.warn({ err: error, path }, "api-keys.json not written"));
      }
      return found.scope;
    },
  };
}

async function read(path: string, log: Logger): Promise<Stored[]> {
  const text = await readFileIfPresent(path);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).keys;
  } catch (error) {
    // A daemon that does not start would be worse than programs that have to be given new keys.
    log.error({ err: error, path }, "api-keys.json is damaged: no API key counts");
    return [];
  }
}

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");
