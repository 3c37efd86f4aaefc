import { join } from "node:path";
import { z } from "zod";
import { type Client, createClient } from "./api/client.ts";
import { clientErrors } from "./api/transport.ts";
import { ShadowMeshError } from "./core/errors.ts";
import { readFileIfPresent } from "./core/store/index.ts";

/** Where a running daemon leaves its address and key for the command; readable by its owner alone. */
export const apiKeyPath = (folder: string): string => join(folder, "api.json");

/** Longer than the longest measurement takes. */
const requestTimeoutMs = 290_000;

const apiKeySchema = z.object({ url: z.url(), key: z.string() });

/**
 * A client of the daemon that runs on this data folder, with its owner's rights.
 *
 * @throws DAEMON_UNREACHABLE where none has run
 */
export async function connectDaemon(folder: string): Promise<{ url: string; client: Client }> {
  const parsed = apiKeySchema.safeParse(toJson(await readFileIfPresent(apiKeyPath(folder))));
  if (!parsed.success) throw new ShadowMeshError(clientErrors.DAEMON_UNREACHABLE, { details: { folder } });
  const { url, key } = parsed.data;
  return {
    url,
    client: createClient({
      baseUrl: url,
      headers: { authorization: `Bearer ${key}` },
      timeoutMs: requestTimeoutMs,
    }),
  };
}

/** A damaged file is no more than an absent one: the daemon writes it anew at each start. */
function toJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
