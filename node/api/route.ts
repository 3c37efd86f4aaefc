import { z } from "zod";
import type { ErrorDefinition } from "../core/errors.ts";

/**
 * Who may call a route: anyone who reaches the server; of a daemon, only its signed-in owner, also by an API key or, in
 * person, by none; or only the command, which shows the key of the data folder as no page can; of a backbone, only a peer that shows its session token, a device of the
 * pool that shows its agent token, or an admin with a session, whose second factor may be still to come.
 */
export type Access = "public" | "owner" | "in-person" | "command" | "peer" | "agent" | "admin" | "first-factor";

/**
 * One HTTP route, defined once. The server (validation, status, errors), the typed client of GUI and command,
 * and the OpenAPI document all derive from it.
 */
export interface Route<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/${string}`;
  readonly access: Access;
  readonly summary: string;
  /** Query parameters of a GET or DELETE, the JSON body of a POST or PUT. */
  readonly input: Input;
  /** The answer; of a stream, each of its lines, or the data of each of its events. */
  readonly output: Output;
  readonly errors: readonly ErrorDefinition[];
  /** @default 16 KiB */
  readonly maxBodyBytes?: number;
  /** Media type of an answer that comes in parts: server-sent events, or lines of JSON. @default one JSON document */
  readonly stream?: "text/event-stream" | "application/x-ndjson";
}

/** All that one kind of server can serve, as its readers are told of it. */
export interface Api {
  title: string;
  description: string;
  /** Names become operation IDs. */
  routes: Record<string, Route>;
}

export type RouteInput<R extends Route> = z.input<R["input"]>;
export type RouteOutput<R extends Route> = z.output<R["output"]>;

/** Gives a route definition its exact type. */
export function route<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Route<Input, Output>,
): Route<Input, Output> {
  return definition;
}

/** An OpenAPI 3.1 document: whoever needs more of it than its version has tools of his own. */
export const openApiSchema = z.looseObject({ openapi: z.literal("3.1.0") });
