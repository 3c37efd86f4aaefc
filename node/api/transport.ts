import { defineErrors, type ErrorDefinition, ShadowMeshError } from "../core/errors.ts";
import type { ErrorBody } from "./error-body.ts";
import type { Route } from "./route.ts";

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
  /** What is thrown where nobody answers. @default DAEMON_UNREACHABLE */
  unreachable?: ErrorDefinition;
}

/** What of a route its caller must know: a page carries that alone, without the schemas and their library. */
export type RouteAddress = Pick<Route, "method" | "path">;

/** Takes calls to a server and its answers back: JSON that nobody has looked at, and the server's errors. */
export interface Transport {
  /** The answer, of whatever shape; undefined where it is no JSON. */
  ask(address: RouteAddress, input: unknown, options?: { signal?: AbortSignal }): Promise<unknown>;
  /** The bytes of an answer that comes in parts. */
  open(address: RouteAddress, input: unknown, options?: { signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
}

/**
 * Makes a transport; safe in a browser, and free of zod. It follows no redirects.
 *
 * @throws the config's `unreachable`, ANSWER_INVALID, and whatever code the route names
 */
export function createTransport(config: ClientConfig): Transport {
  const { unreachable = clientErrors.DAEMON_UNREACHABLE } = config;

  async function request(address: RouteAddress, input: unknown, signal: AbortSignal): Promise<Response> {
    const inUrl = address.method === "GET" || address.method === "DELETE";
    const query = inUrl ? toQuery(input as Record<string, unknown>) : "";
    const response = await fetch(`${config.baseUrl}${address.path}${query}`, {
      method: address.method,
      headers: { ...config.headers, ...(inUrl ? {} : { "content-type": "application/json" }) },
      body: inUrl ? undefined : JSON.stringify(input),
      redirect: "error",
      signal,
    }).catch((cause: unknown) => {
      throw new ShadowMeshError(unreachable, { cause, details: { url: config.baseUrl } });
    });
    if (!response.ok) throw toError(response.status, await readJson(response).catch(() => undefined));
    return response;
  }

  return {
    async ask(address, input, options = {}) {
      const timeout = AbortSignal.timeout(config.timeoutMs ?? defaultTimeoutMs);
      const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
      const response = await request(address, input, signal);
      return await readJson(response).catch(() => undefined);
    },
    async open(address, input, options = {}) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), config.timeoutMs ?? defaultTimeoutMs);
      const signal = options.signal ? AbortSignal.any([late.signal, options.signal]) : late.signal;
      const { body } = await request(address, input, signal).finally(() => clearTimeout(timer));
      if (body === null) throw new ShadowMeshError(clientErrors.ANSWER_INVALID, { details: { path: address.path } });
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
  if (!isErrorBody(body)) return new ShadowMeshError(clientErrors.ANSWER_INVALID, { details: { status } });
  const { code, message, action, details } = body.error;
  return new ShadowMeshError({ code, status, summary: message, action }, { details });
}

/** Whether it is what `errorBodySchema` describes. */
export function isErrorBody(body: unknown): body is ErrorBody {
  const { error, requestId } = Object(body) as { error?: unknown; requestId?: unknown };
  const { code, message, action, details } = Object(error) as Record<string, unknown>;
  return (
    [code, message, action].every((text) => typeof text === "string") &&
    typeof details === "object" &&
    details !== null &&
    !Array.isArray(details) &&
    (requestId === undefined || typeof requestId === "string")
  );
}
