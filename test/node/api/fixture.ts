import { type OutgoingHttpHeaders, request } from "node:http";
import pino from "pino";
import type { ServerConfig, ServerDeps } from "../../../node/api/server.ts";
import { createServer } from "../../../node/api/server.ts";

export const silent = pino({ level: "silent" });

/** A clock that moves when told. */
export function createClock(startMs = Date.UTC(2026, 0, 1)) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

export function createTestServer(config: Partial<ServerConfig> = {}, deps: Partial<ServerDeps> = {}) {
  return createServer({ host: "127.0.0.1", port: 0, ...config }, { log: silent, ...deps });
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Whatever the server answered. */
  json: ReturnType<typeof JSON.parse>;
}

/** Sends a request as it is told to: unlike `fetch`, with any Host, Origin and path. */
export function send(
  url: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer; path?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const target = new URL(url);
  const outgoing = request(
    {
      host: target.hostname.replace(/^\[|\]$/g, ""),
      port: target.port,
      path: options.path ?? `${target.pathname}${target.search}`,
      method: options.method ?? "GET",
      headers: options.headers,
      agent: false,
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
      });
    },
  );
  outgoing.on("error", reject);
  outgoing.end(options.body);
  return promise;
}

export function postJson(url: string, body: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return send(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
