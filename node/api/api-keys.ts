import { z } from "zod";
import { defineErrors } from "../core/errors.ts";
import { timestampMsSchema } from "../core/schema.ts";
import { storeErrors } from "../core/store/errors.ts";
import { route } from "./route.ts";
import { apiKeyScopes } from "./vocabulary.ts";

export const apiKeyErrors = defineErrors({
  API_KEY_READ_ONLY: {
    status: 403,
    summary: "This API key may read, and change nothing.",
    action: "Use a key of scope `write`: Settings in the GUI, or `shadowmesh keys create`.",
  },
  API_KEY_NOT_ALLOWED: {
    status: 403,
    summary: "No API key may do that, whatever its scope.",
    action: "Sign in (`shadowmesh gui` prints a link), or use the command on the machine of the daemon.",
  },
  API_KEY_UNKNOWN: {
    status: 404,
    summary: "There is no such API key.",
    action: "List them with `shadowmesh keys list`; it may have been revoked already.",
  },
  API_KEYS_TOO_MANY: {
    status: 409,
    summary: "There are as many API keys as a daemon keeps.",
    action: "Revoke one that nobody uses: `shadowmesh keys list` shows when each was used last.",
  },
});

export const apiKeyScopeSchema = z.enum(apiKeyScopes);

export const apiKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scope: apiKeyScopeSchema,
  createdAtMs: timestampMsSchema,
  /** Null for never. */
  expiresAtMs: timestampMsSchema.nullable(),
  /** To the minute; null where it never was. */
  lastUsedAtMs: timestampMsSchema.nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

const disk = [storeErrors.DISK_FULL, storeErrors.DATA_FOLDER_UNWRITABLE];

export const apiKeyRoutes = {
  apiKeys: route({
    method: "GET",
    path: "/api/keys",
    access: "in-person",
    summary: "The API keys by which programs of the owner call this daemon; never the keys themselves.",
    input: z.object({}),
    output: z.object({ keys: z.array(apiKeySchema) }),
    errors: [],
  }),
  createApiKey: route({
    method: "POST",
    path: "/api/keys",
    access: "in-person",
    summary: "Makes an API key, which is shown this one time.",
    input: z.object({
      name: z.string().trim().min(1).max(64),
      scope: apiKeyScopeSchema.default("read"),
      /** From now on; null for never. */
      expiresInDays: z.number().int().min(1).max(3_650).nullable().default(90),
    }),
    output: z.object({ key: z.string(), created: apiKeySchema }),
    errors: [apiKeyErrors.API_KEYS_TOO_MANY, ...disk],
  }),
  revokeApiKey: route({
    method: "DELETE",
    path: "/api/keys",
    access: "in-person",
    summary: "Revokes an API key: from now on it opens nothing.",
    input: z.object({ id: z.uuid() }),
    output: z.object({ keys: z.array(apiKeySchema) }),
    errors: [apiKeyErrors.API_KEY_UNKNOWN, ...disk],
  }),
};
