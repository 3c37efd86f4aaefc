import type { z } from "zod";
import { defineErrors, ShadowMeshError } from "../core/errors.ts";
import { errorBodySchema } from "./error-body.ts";
import type { Route, RouteInput, RouteOutput } from "./route.ts";

export const clientErrors = defineErrors({
  DAEMON_UNREACHABLE: {
    status: 503,
    summary: "The daemon does not answer.",
    action: "Start it with `shadowmesh up`, or see its log for why it stopped.",
  },
  ANSWER_INVALID: {
    status: 502,
    summary: "The answer is not of the expected shape.",
    action: "Client and server may be of different versions: update both.",
  },
});

/** More than any answer of ours: a page of the registry. */
const maxAnswerBytes = 10 * 1024 * 1024;
const defaultTimeoutMs = 30_000;

export interface ClientConfig {
  /** Origin of the server, such as `http://127.0.0.1:7777`; empty for the page's own origin. */
  baseUrl: string;
  headers?: Record<string, string>;
  /** Until the answer is there; of one that comes in parts, until it begins. @default 30 s */
  timeoutMs?: number;
}

/** Calls routes by their definitions: typed input, validated output, and the server's errors as `ShadowMeshError`. */
export interface Client {
  call<I extends z.ZodType, O extends z.ZodType>(
    route: Route<I, O>,
    input: RouteInput<Route<I, O>>,
    options?: { signal?: AbortSignal },
  ): Promise<RouteOutput<Route<I, O>>>;
  /** Opens an answer that comes in parts, as the bytes that come, for as long as they do. */
  open<I extends z.ZodType>(
    route: Route<I>,
    input: RouteInput<Route<I>>,
    options?: { signal?: AbortSignal },
  ): Promise<ReadableStream<Uint8Array>>;
}

/**
 * Makes a client; safe in a browser. It follows no redirects.
 *
 * @throws DAEMON_UNREACHABLE, ANSWER_INVALID, and whatever code the route names
 */
export function createClient(config: ClientConfig): Client {
  async function request(route: Route, input: unknown, signal: AbortSignal): Promise<Response> {
    const inUrl = route.method === "GET" || route.method === "DELETE";
    const query = inUrl ? toQuery(input as Record<string, unknown>) : "";
    const response = await fetch(`${config.baseUrl}${route.path}${query}`, {
      method: route.method,
      headers: { ...config.headers, ...(inUrl ? {} : { "content-type": "application/json" }) },
      body: inUrl ? undefined : JSON.stringify(input),
      redirect: "error",
      signal,
    }).catch((cause: unknown) => {
      throw new ShadowMeshError(clientErrors.DAEMON_UNREACHABLE, { cause, details: { url: config.baseUrl } });
    });
    if (!response.ok) throw toError(response.status, await readJson(response).catch(() => undefined));
    return response;
  }

  return {
    async call(route, input, options = {}) {
      const timeout = AbortSignal.timeout(config.timeoutMs ?? defaultTimeoutMs);
      const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
      const response = await request(route, input, signal);
      const output = route.output.safeParse(await readJson(response).catch(() => undefined));
      if (!output.success) {
        throw new ShadowMeshError(clientErrors.ANSWER_INVALID, {
          details: { path: route.path, issues: output.error.issues },
        });
      }
      return output.data as RouteOutput<typeof route>;
    },
    async open(route, input, options = {}) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), config.timeoutMs ?? defaultTimeoutMs);
      const signal = options.signal ? AbortSignal.any([late.signal, options.signal]) : late.signal;
      const { body } = await request(route, input, signal).finally(() => clearTimeout(timer));
      if (body === null) throw new ShadowMeshError(clientErrors.ANSWER_INVALID, { details: { path: route.path } });
      return body;
    },
  };
}

/** Reads no further than `maxAnswerBytes`: a backbone may be a stranger's. */
async function readJson({ body }: Response): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // A reader, because Safari has had no `for await` over streams until lately.
  const reader = body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > maxAnswerBytes) {
      await reader?.cancel();
      throw new Error(`the answer is over ${maxAnswerBytes} bytes`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return JSON.parse(text + decoder.decode());
}

function toQuery(input: Record<string, unknown>): string {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries.map(([key, value]) => [key, String(value)]))}`;
}

function toError(status: number, body: unknown): ShadowMeshError {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return new ShadowMeshError(clientErrors.ANSWER_INVALID, { details: { status } });
  const { code, message, action, details } = parsed.data.error;
  return new ShadowMeshError({ code, status, summary: message, action }, { details });
}
