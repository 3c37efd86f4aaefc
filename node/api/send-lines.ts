import { once } from "node:events";
import type { ServerResponse } from "node:http";

/**
 * Answers with lines of JSON, as fast as they are read. A failure before the first one is thrown to be answered as usual;
 * after it, the connection is cut, which tells the reader that the end is missing.
 */
export async function sendLines(
  response: ServerResponse,
  produce: (write: (lines: readonly string[]) => Promise<void>) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await produce(async (lines) => {
      signal.throwIfAborted();
      if (!response.headersSent) {
        response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "cache-control": "no-store" });
      }
      if (!response.write(`${lines.join("\n")}\n`)) await once(response, "drain", { signal });
    });
    response.end();
  } catch (error) {
    if (response.headersSent) response.destroy();
    throw error;
  }
}
