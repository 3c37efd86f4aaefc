import type { z } from "zod";
import { ShadowMeshError } from "../core/errors.ts";
import type { Route, RouteInput, RouteOutput } from "./route.ts";
import { type ClientConfig, clientErrors, createTransport } from "./transport.ts";

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
 * Makes a client of what a transport takes.
 *
 * @throws the config's `unreachable`, ANSWER_INVALID, and whatever code the route names
 */
export function createClient(config: ClientConfig): Client {
  const transport = createTransport(config);
  return {
    call: async (route, input, options) => checkAnswer(route, await transport.ask(route, input, options)),
    open: (route, input, options) => transport.open(route, input, options),
  };
}

/** An answer as its route has it. @throws ANSWER_INVALID */
export function checkAnswer<I extends z.ZodType, O extends z.ZodType>(
  route: Route<I, O>,
  answer: unknown,
): RouteOutput<Route<I, O>> {
  const output = route.output.safeParse(answer);
  if (output.success) return output.data as RouteOutput<Route<I, O>>;
  throw new ShadowMeshError(clientErrors.ANSWER_INVALID, {
    details: { path: route.path, issues: output.error.issues },
  });
}
