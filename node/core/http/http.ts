import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";

// Node's own `fetch` is a second HTTP client, with a parser in WebAssembly: 12 MB that a daemon would hold for a few small
// requests. This one shares what the daemon's HTTP server has loaded anyway. It follows no redirects.

/** More than any answer that a daemon reads: a page of the registry, the logs of a few hundred blocks. */
const maxBytes = 10 * 1024 * 1024;

export interface HttpRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request and reads its answer as a whole, over connections that are kept for the next.
 *
 * @throws the signal's reason, a system error such as ECONNREFUSED, or an error where the answer is over 10 MiB
 */
export async function sendHttp(url: string, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await send(url, request);
  } catch (error) {
    // A kept connection that the other side closed in the very moment: the request has not been read.
    if (!(error instanceof StaleConnectionError)) throw error;
    return await send(url, request);
  }
}

/** `sendHttp` in the part of `fetch`'s shape that the API client needs. */
export async function httpFetch(url: string, request: HttpRequest) {
  const { status, text } = await sendHttp(url, request);
  return { ok: status >= 200 && status < 300, status, json: async (): Promise<unknown> => JSON.parse(text) };
}

class StaleConnectionError extends Error {}

async function send(url: string, { method = "GET", headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
  signal?.throwIfAborted();
  const target = new URL(url);
  const start = target.protocol === "https:" ? requestTls : requestPlain;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = start(target, { method, headers, signal: signal ?? undefined });
      request.on("response", resolve);
      request.on("error", (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && error.code === "ECONNRESET";
        reject(stale ? new StaleConnectionError(error.message, { cause: error }) : error);
      });
      request.end(body);
    });
    return { status: response.statusCode ?? 0, text: await readText(response) };
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the response, and the connection with it.
    if (bytes > maxBytes) throw new Error(`the answer is over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
