import { createOpenApi } from "../../node/api/openapi.ts";
import type { Api, Route } from "../../node/api/route.ts";
import { daemonApi } from "../../node/api/routes.ts";
import { backboneApi } from "../../node/backbone/routes.ts";

type Schema = Record<string, unknown>;

interface Operation {
  summary: string;
  parameters?: { name: string; required: boolean; schema: Schema }[];
  requestBody?: { content: { "application/json": { schema: Schema } } };
  responses: Record<string, { content: Record<string, { schema: Schema }> }>;
}

const servers = [
  { name: "daemon", api: daemonApi },
  { name: "backbone", api: backboneApi },
];

const accessText = {
  public: "anyone",
  owner:
    "the signed-in owner, or `authorization: Bearer` with the key of the data folder or an API key (of scope `read`: GET alone)",
  "in-person": "the signed-in owner, or `authorization: Bearer <key of the data folder>`; no API key",
  command: "the command, by `authorization: Bearer <key of the data folder>`",
  peer: "a peer with its session token as `authorization: Bearer`",
  admin: "an admin whose session has shown its second factor, by cookie; changes also take `x-csrf-token` and `origin`",
  "first-factor": "an admin's session, its second factor shown or not; otherwise the same",
  agent: "a device of the pool with its agent token as `authorization: Bearer`",
};

export function apiReference(): Record<string, string> {
  const documents = servers.map(({ name, api }) => ({ ...api, name, document: createOpenApi(api) }));
  const files = documents.map(({ name, document }) => [
    `openapi-${name}.json`,
    `${JSON.stringify(document, null, 2)}\n`,
  ]);
  const text = [
    "# HTTP APIs",
    "Each route is defined once in the sources; servers, clients, the OpenAPI documents (`openapi-daemon.json`, " +
      "`openapi-backbone.json`; a daemon answers with its own at `/api/openapi.json`, a backbone at `/v1/openapi.json`) and " +
      "this page derive from it. Every error answers " +
      '`{"error": {"code", "message", "action", "details"}, "requestId"}`; see errors.md. Bodies are JSON and at most ' +
      "16 KiB where nothing else is said.",
    ...documents.map(describeServer),
  ].join("\n\n");
  return { ...Object.fromEntries(files), "api.md": `${text}\n` };
}

function describeServer({ title, description, routes, document }: Api & { document: object }): string {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  const sections = Object.values(routes).map((route) => {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    if (operation === undefined) throw new Error(`${route.path} is missing from the OpenAPI document`);
    return describeRoute(route, operation);
  });
  return [`## ${title}`, description, ...sections].join("\n\n");
}

function describeRoute(route: Route, operation: Operation): string {
  const parameters = operation.parameters?.map(({ name, required, schema }) => field(name, required, schema));
  const body = operation.requestBody?.content["application/json"].schema;
  const input = parameters ?? (body ? fields(body) : []);
  const output = Object.values(operation.responses["200"]?.content ?? {})[0]?.schema ?? {};
  const codes = new Set(route.errors.map(({ code }) => code));
  return [
    `### ${route.method} ${route.path}`,
    route.summary,
    [
      `- For: ${accessText[route.access]}`,
      ...(route.maxBodyBytes ? [`- Body: at most ${route.maxBodyBytes / 1024} KiB`] : []),
      ...(codes.size > 0 ? [`- Errors: ${[...codes].map((code) => `\`${code}\``).join(", ")}`] : []),
    ].join("\n"),
    ...(input.length > 0 ? [`Takes:\n\n${input.join("\n")}`] : []),
    `Answers:\n\n${fields(output).join("\n")}`,
  ].join("\n\n");
}

/** One line a field, objects and arrays indented below their name. */
function fields(schema: Schema, depth = 0): string[] {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).flatMap(([name, inner]) => [
    field(name, required.has(name), inner, depth),
    ...fields(objectIn(inner), depth + 1),
  ]);
}

function field(name: string, required: boolean, schema: Schema, depth = 0): string {
  const notes = [typeText(schema), ...(required || "default" in schema ? [] : ["optional"]), ...defaultText(schema)];
  return `${"  ".repeat(depth)}- \`${name}\`: ${notes.join(", ")}`;
}

/** The object of an object, of a list of them, or of one that may be null. */
function objectIn(schema: Schema): Schema {
  if (schema.items) return objectIn(schema.items as Schema);
  const choices = (schema.anyOf as Schema[] | undefined) ?? [];
  return choices.find((choice) => choice.properties) ?? schema;
}

/** A JSON Schema in a few words. */
export function typeText(schema: Schema): string {
  if (schema.anyOf) return (schema.anyOf as Schema[]).map(typeText).join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return (schema.enum as unknown[]).map((value) => `\`${value}\``).join(", ");
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  if (schema.type === "array") return `list of ${typeText((schema.items ?? {}) as Schema)}`;
  const type = schema.format === "uri" ? "URL" : String(schema.type ?? "any value");
  return `${type}${rangeText(schema)}`;
}

function rangeText({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const low = minimum ?? (typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : undefined);
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low === undefined || low === Number.MIN_SAFE_INTEGER) return high === undefined ? "" : ` up to ${high}`;
  return high === undefined ? ` from ${low}` : ` ${low} to ${high}`;
}

function defaultText(schema: Schema): string[] {
  return "default" in schema ? [`default \`${JSON.stringify(schema.default)}\``] : [];
}
