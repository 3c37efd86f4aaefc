import { z } from "zod";
import type { ErrorDefinition } from "../core/errors.ts";
import { commonErrors } from "../core/errors.ts";
import { version } from "../core/package.ts";
import { errorBodySchema } from "./error-body.ts";
import type { Access, Api, openApiSchema, Route } from "./route.ts";
import type { HttpServer } from "./server.ts";

type Json = Record<string, unknown>;
type OpenApi = z.infer<typeof openApiSchema>;

const securityOf: Record<Access, Json[]> = {
  public: [],
  owner: [{ apiKey: [] }, { session: [] }],
  "in-person": [{ apiKey: [] }, { session: [] }],
  command: [{ apiKey: [] }],
  peer: [{ sessionToken: [] }],
  admin: [{ adminSession: [] }],
  "first-factor": [{ adminSession: [] }],
  agent: [{ agentToken: [] }],
};

const securitySchemes: Record<string, { scheme: Json; access: Access }> = {
  adminSession: { access: "admin", scheme: { type: "apiKey", in: "cookie", name: "__Host-shadowmesh-admin" } },
  apiKey: { access: "owner", scheme: { type: "http", scheme: "bearer", description: "The key in the data folder." } },
  session: { access: "owner", scheme: { type: "apiKey", in: "cookie", name: "shadowmesh-<port>" } },
  sessionToken: { access: "peer", scheme: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
  agentToken: { access: "agent", scheme: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
};

/** The OpenAPI 3.1 document of an API. */
export function createOpenApi({ title, description, routes }: Api): OpenApi {
  const paths: Record<string, Json> = {};
  const accesses = new Set<Access>();
  for (const [operationId, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeRoute(operationId, route) };
    accesses.add(route.access);
  }
  const schemes = Object.entries(securitySchemes).filter(([, { access }]) => accesses.has(access));
  return {
    openapi: "3.1.0",
    info: { title, version, description },
    paths,
    components: {
      schemas: { Error: toSchema(errorBodySchema) },
      securitySchemes: Object.fromEntries(schemes.map(([name, { scheme }]) => [name, scheme])),
    },
  };
}

/** Serves the document of an API. */
export function serveOpenApi(server: HttpServer, route: Route<z.ZodType, typeof openApiSchema>, api: Api): void {
  const document = createOpenApi(api);
  server.handle(route, () => document, { keepsText: true });
}

function describeRoute(operationId: string, route: Route): Json {
  const inQuery = route.method === "GET" || route.method === "DELETE";
  const input = toSchema(route.input);
  return {
    operationId,
    summary: route.summary,
    security: securityOf[route.access],
    ...(inQuery ? { parameters: toParameters(input) } : { requestBody: { required: true, content: asJson(input) } }),
    responses: {
      "200": {
        description: "OK",
        content: route.stream ? { [route.stream]: { schema: toSchema(route.output) } } : asJson(toSchema(route.output)),
      },
      ...describeErrors(route),
    },
  };
}

/** One response a status, which names its codes; every route may answer the common ones. */
function describeErrors(route: Route): Record<string, Json> {
  const all = [...route.errors, commonErrors.BAD_REQUEST, commonErrors.INTERNAL];
  const byStatus = Map.groupBy(new Set(all), (definition) => definition.status);
  return Object.fromEntries(
    [...byStatus].map(([status, definitions]) => [
      String(status),
      {
        description: definitions.map(({ code, summary }) => `${code}: ${summary}`).join(" "),
        content: {
          "application/json": {
            schema: { $ref: "#/components/schemas/Error" },
            examples: Object.fromEntries(definitions.map((definition) => [definition.code, example(definition)])),
          },
        },
      },
    ]),
  );
}

function example({ code, summary, action }: ErrorDefinition): Json {
  return { value: { error: { code, message: summary, action, details: {} } } };
}

function toParameters(input: Json): Json[] {
  const required = new Set((input.required as string[] | undefined) ?? []);
  return Object.entries((input.properties as Json | undefined) ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.has(name),
    schema,
  }));
}

/** JSON Schema of what travels: of transformed fields the accepted side, whose pattern the result keeps to as well. */
function toSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}

function asJson(schema: Json): Json {
  return { "application/json": { schema } };
}
