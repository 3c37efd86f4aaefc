import { randomUUID } from "node:crypto";
import type { Server as HttpsServer } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import cors, { type FastifyCorsOptions } from "@fastify/cors";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { z } from "zod";
import { commonErrors, ShadowMeshError } from "../core/errors.ts";
import type { Service } from "../core/service.ts";
import { traced } from "../core/tracing/index.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import { serverErrors } from "./errors.ts";
import { failureBody, invalidInput, toFailure } from "./failure.ts";
import type { Access, Route } from "./route.ts";
import { createSecurityHeaders } from "./security-headers.ts";
import { createTlsRenewal, readTls, type TlsConfig } from "./tls.ts";

export interface RateLimit {
  /** Requests that one address (one /64 of IPv6) may send within the window. */
  max: number;
  windowMs: number;
}

export interface ServerConfig {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Whose `X-Forwarded-For` is believed: addresses or subnets of the proxies in front. @default nobody's */
  trustProxy?: boolean | string | string[];
  /** Lets pages of any origin read the answers of GET routes, without credentials. @default false */
  cors?: boolean;
  /** Origins whose pages may call every route, with credentials. @default none */
  trustedOrigins?: readonly string[];
  /** Serves HTTPS by these files, and tells browsers to insist on it. @default plain HTTP, for a proxy in front */
  tls?: TlsConfig;
  /** Content-Security-Policy of every answer that does not bring its own. @default nothing may load */
  csp?: string;
  /** Over all routes together. @default none */
  rateLimit?: RateLimit;
  /** Until a request has arrived as a whole. @default 30 s */
  requestTimeoutMs?: number;
  /** Silence after which a connection is closed, also while it waits for an answer. @default 5 min */
  connectionTimeoutMs?: number;
  /** How long `stop` waits for running requests. @default 5 s */
  stopTimeoutMs?: number;
}

/** Proves who calls; returns the caller's name. @throws the code that the caller is to see */
export type Authorize = (request: FastifyRequest) => Promise<string>;

export interface ServerDeps {
  log: Logger;
  /** Redis, where instances count rate limits together. @default each counts for itself */
  rateLimitStore?: Redis;
  /** Sees every request first, also those that no route takes; throws to refuse. */
  onRequest?: (request: FastifyRequest) => Promise<void>;
  authorize?: Partial<Record<Exclude<Access, "public">, Authorize>>;
  /** Hears of every request that is answered by an error. */
  onFailure?: (failure: ShadowMeshError) => void;
}

export interface RequestContext {
  readonly requestId: string;
  /** What `authorize` returned; null on public routes. */
  readonly caller: string | null;
  /** Aborts when the client hangs up or the server stops; after the answer, too, when nobody has to hear it any more. */
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Gets the validated input; what it returns is validated before it is sent. */
export type Handler<Input, Answer> = (input: Input, context: RequestContext) => Answer | Promise<Answer>;

export interface RouteOptions {
  rateLimit?: RateLimit;
  /** The same for one caller, wherever he calls from. */
  callerLimit?: RateLimit;
  /**
   * An object that the handler returns again is answered by the text that it became the first time: for answers that are
   * asked for much more often than they change, and never changed in place.
   */
  keepsText?: boolean;
}

export interface HttpServer extends Service {
  /** Serves a route: validates its input, answers with its output schema, and turns errors into answers. */
  handle<Input, Answer>(
    route: Route<z.ZodType<Input>, z.ZodType<unknown, Answer>>,
    handler: Handler<Input, Answer>,
    options?: RouteOptions,
  ): void;
  /** Serves a route whose answer has no end: the handler writes to `reply.raw`, or throws before it has. */
  stream<Input>(route: Route<z.ZodType<Input>>, handler: Handler<Input, void>): void;
  /** For what is no JSON route: static files, metrics. */
  readonly fastify: FastifyInstance;
  /** Origin such as `http://127.0.0.1:7777`; throws before `start`. */
  readonly url: string;
}

declare module "fastify" {
  interface FastifyRequest {
    /** What `authorize` returned; null on public routes. */
    caller: string | null;
  }
}

const defaultCsp = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const defaultMaxBodyBytes = 16 * 1024;
/** When to ask again what is away at the moment: it recovers within seconds by itself, or not soon. */
const unavailableMs = 5_000;

/** Makes the HTTP server that the daemon's local API and the backbone share. Errors become answers here, once. */
export async function createServer(config: ServerConfig, deps: ServerDeps): Promise<HttpServer> {
  const { log } = deps;
  const stopping = new AbortController();
  const requestTimeoutMs = config.requestTimeoutMs ?? 30_000;
  // Given to Node as the server is made: set later, it neither looks often enough nor at slow bodies.
  const waits = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(requestTimeoutMs, 5_000),
  };
  const { tls } = config;
  // Fastify's type names the server that it made; nothing here depends on which.
  const app = fastify({
    ...(tls === undefined ? { http: waits } : { https: { ...waits, ...(await readTls(tls)) } }),
    logger: false,
    genReqId: () => randomUUID(),
    trustProxy: config.trustProxy ?? false,
    bodyLimit: defaultMaxBodyBytes,
    requestTimeout: requestTimeoutMs,
    // What still arrives while the server stops is answered as usual.
    return503OnClosing: false,
    connectionTimeout: config.connectionTimeoutMs ?? 300_000,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      answerFailure(error, request as FastifyRequest, reply as unknown as FastifyReply);
    },
  }) as FastifyInstance;
  const renewal = tls && createTlsRenewal(tls, { server: app.server as HttpsServer, log });

  function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = toFailure(error);
    deps.onFailure?.(failure);
    const facts = { requestId: request.id, method: request.method, path: request.routeOptions?.url };
    if (failure.code === commonErrors.INTERNAL.code) log.error({ ...facts, err: error }, "request failed");
    else if (failure.status >= 500) log.warn({ ...facts, code: failure.code, err: failure.cause }, "request failed");
    else log.debug({ ...facts, code: failure.code }, "request refused");
    if (reply.raw.headersSent) return;
    const { retryAfterMs = failure.status === 503 ? unavailableMs : undefined } = failure.details;
    if (typeof retryAfterMs === "number") reply.header("retry-after", Math.ceil(retryAfterMs / 1000));
    void reply
      .code(failure.status)
      .header("cache-control", "no-store")
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(failureBody(failure, request.id)));
  }

  app.decorateRequest("caller", null);
  app.setErrorHandler(answerFailure);
  // JSON alone: a page elsewhere can send text/plain without asking first.
  app.removeContentTypeParser("text/plain");
  const securityHeaders = createSecurityHeaders({
    hsts: tls !== undefined,
    crossOrigin: config.cors ?? false,
    csp: config.csp ?? defaultCsp,
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(securityHeaders).header("x-request-id", request.id);
    done();
  });
  const { onRequest } = deps;
  if (onRequest) app.addHook("onRequest", async (request) => onRequest(request));
  if (config.cors) await app.register(cors, { delegator: corsFor(config.trustedOrigins ?? []) });
  await app.register(rateLimit, {
    global: config.rateLimit !== undefined,
    max: config.rateLimit?.max,
    timeWindow: config.rateLimit?.windowMs,
    cache: 10_000,
    ...(deps.rateLimitStore && {
      redis: deps.rateLimitStore,
      nameSpace: "shadowmesh:rate:",
      // Who can't be counted is let in: a Redis that is away must not take the server with it.
      skipOnError: true,
    }),
    errorResponseBuilder: (_, { ttl }) => rateLimited(ttl),
  });
  const notFound = (request: FastifyRequest, reply: FastifyReply) =>
    answerFailure(new ShadowMeshError(commonErrors.NOT_FOUND), request, reply);
  if (config.rateLimit) app.setNotFoundHandler({ preHandler: app.rateLimit() }, notFound);
  else app.setNotFoundHandler(notFound);

  function addRoute<Input>(
    route: Route<z.ZodType<Input>>,
    options: RouteOptions,
    answer: (input: Input, context: RequestContext) => Promise<unknown>,
  ): void {
    const authorize = route.access === "public" ? undefined : deps.authorize?.[route.access];
    if (route.access !== "public" && authorize === undefined) {
      throw new Error(`${route.method} ${route.path} is for "${route.access}", which this server cannot authorize`);
    }
    const { callerLimit } = options;
    const countCaller =
      callerLimit &&
      app.createRateLimit({
        max: callerLimit.max,
        timeWindow: callerLimit.windowMs,
        // Redis has one room for all of these.
        keyGenerator: ({ caller }) => `${route.method} ${route.path} ${caller}`,
      });
    const inQuery = route.method === "GET" || route.method === "DELETE";
    app.route({
      method: route.method,
      url: route.path,
      bodyLimit: route.maxBodyBytes ?? defaultMaxBodyBytes,
      config: options.rateLimit && {
        rateLimit: { max: options.rateLimit.max, timeWindow: options.rateLimit.windowMs },
      },
      // After the rate limit, which therefore also counts failed attempts; before the body is read.
      preParsing:
        authorize &&
        (async (request) => {
          request.caller = await authorize(request);
          const counted = await countCaller?.(request);
          if (counted && !counted.isAllowed && counted.isExceeded) throw rateLimited(counted.ttl);
        }),
      handler: async (request, reply) => {
        const input = route.input.safeParse((inQuery ? request.query : request.body) ?? {});
        if (!input.success) throw invalidInput(input.error);
        return answer(input.data, new Context(request, reply, stopping.signal));
      },
    });
  }

  let stopped: Promise<void> | undefined;
  return {
    fastify: app,
    get url() {
      const address = app.server.address() as AddressInfo | null;
      if (address === null) throw new Error("the server does not listen");
      return `${tls === undefined ? "http" : "https"}://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}`;
    },
    handle(route, handler, options = {}) {
      const name = `${route.method} ${route.path}`;
      let kept: { readonly answer: unknown; readonly text: string } | undefined;
      addRoute(route, options, async (input, context) => {
        const { reply } = context;
        const answer = await traced(name, async () => handler(input, context));
        if (kept === undefined || kept.answer !== answer) {
          kept = { answer, text: JSON.stringify(route.output.parse(answer)) };
        }
        const { text } = kept;
        if (!options.keepsText) kept = undefined;
        if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
        return reply.type("application/json; charset=utf-8").send(text);
      });
    },
    stream(route, handler) {
      addRoute(route, {}, async (input, context) => {
        const { reply } = context;
        for (const [name, value] of Object.entries(reply.getHeaders())) {
          if (value !== undefined) reply.raw.setHeader(name, value);
        }
        await handler(input, context);
        reply.hijack();
      });
    },
    async start(signal) {
      signal.throwIfAborted();
      try {
        await app.listen({ host: config.host, port: config.port });
      } catch (cause) {
        const details = { host: config.host, port: config.port };
        throw new ShadowMeshError(serverErrors.API_LISTEN_FAILED, { cause, details });
      }
      await renewal?.start(signal);
      log.debug({ host: config.host, port: config.port }, "http server listens");
    },
    stop() {
      stopped ??= close(app, stopping, config.stopTimeoutMs ?? 5_000).finally(renewal?.stop);
      return stopped;
    },
  };
}

const rateLimited = (retryAfterMs: number) =>
  new ShadowMeshError(commonErrors.RATE_LIMITED, { details: { retryAfterMs } });

/** Whose pages may do what: CORS is Fetch's (WHATWG), and holds in browsers alone. */
function corsFor(trusted: readonly string[]) {
  return async ({ headers }: FastifyRequest): Promise<FastifyCorsOptions> =>
    headers.origin !== undefined && trusted.includes(headers.origin)
      ? { origin: headers.origin, credentials: true, methods: ["GET", "POST", "PUT", "DELETE"], maxAge: 600 }
      : { origin: "*", methods: ["GET"], maxAge: 86_400 };
}

/** A class, for an object literal with a getter gets a hidden class of its own each time, which keeps the request alive. */
class Context implements RequestContext {
  readonly requestId: string;
  readonly caller: string | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly #stopping: AbortSignal;
  #signal: AbortSignal | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, stopping: AbortSignal) {
    this.requestId = request.id;
    this.caller = request.caller;
    this.request = request;
    this.reply = reply;
    this.#stopping = stopping;
  }

  /** Made on demand: most handlers never wait for anything. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const over = new AbortController();
      const { raw } = this.reply;
      // Also after a whole answer: what still listens then would keep a signal of two, and the request, for good.
      raw.once("close", () => over.abort());
      this.#signal = AbortSignal.any([over.signal, this.#stopping]);
    }
    return this.#signal;
  }
}

async function close(app: FastifyInstance, stopping: AbortController, timeoutMs: number): Promise<void> {
  stopping.abort();
  const force = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(force);
  }
}
