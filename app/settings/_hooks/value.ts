import type { Setting } from "../../../node/api/settings.ts";
import { formatBytes, formatDuration, formatNumber } from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";

interface Schema {
  /** Several where an option may have no value. */
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** With what control an option is changed. */
export type Control =
  | { readonly kind: "switch" }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "number"; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: "text" }
  /** One entry a line. */
  | { readonly kind: "lines" }
  | { readonly kind: "json" };

/** Units that stand in an option's name, as the page writes them; of several the first that fits. */
const units: readonly [RegExp, string][] = [
  [/Ms$/, "ms"],
  [/Bytes$/, /*i18n*/ "bytes"],
  [/BytesPerSecond/, /*i18n*/ "bytes/s"],
  [/BytesPerDay$/, /*i18n*/ "bytes a day"],
  [/PerGiB$/, /*i18n*/ "SHM per GiB"],
  [/Mbps$/, "Mbit/s"],
  [/Wei$/, "wei"],
  [/PerMinute$/, /*i18n*/ "a minute"],
  [/PerSecond$/, /*i18n*/ "a second"],
  [/Days$/, /*i18n*/ "days"],
  [/Percent$/, "%"],
  [/Points$/, /*i18n*/ "points"],
  [/C$/, "°C"],
];

/** JSON Schema's bounds of an integer that has none of its own. */
const unbounded = Number.MAX_SAFE_INTEGER;

export function controlOf(setting: Pick<Setting, "schema">): Control {
  const schema = innerOf(setting.schema);
  if (schema.enum) return { kind: "choice", values: schema.enum.map(String) };
  if (schema.type === "boolean") return { kind: "switch" };
  if (schema.type === "integer" || schema.type === "number") {
    const { minimum = -unbounded, maximum = unbounded } = schema;
    return {
      kind: "number",
      min: minimum <= -unbounded ? undefined : minimum,
      max: maximum >= unbounded ? undefined : maximum,
    };
  }
  if (schema.type === "string") return { kind: "text" };
  if (schema.type === "array" && schema.items?.type === "string") return { kind: "lines" };
  return { kind: "json" };
}

/** Whether an option may have no value. */
export function isOptional({ schema }: Pick<Setting, "schema">): boolean {
  const { type, anyOf } = schema as Schema;
  return type?.includes("null") === true || anyOf?.some((one) => one.type === "null") === true;
}

/** What may stand there besides nothing. */
function innerOf(schema: Schema): Schema {
  if (Array.isArray(schema.type)) return { ...schema, type: schema.type.find((type) => type !== "null") };
  const rest = schema.anyOf?.filter(({ type }) => type !== "null");
  return rest?.length === 1 && rest[0] !== undefined ? rest[0] : schema;
}

export function unitOf({ name }: Pick<Setting, "name">): string | undefined {
  const unit = units.find(([pattern]) => pattern.test(name))?.[1];
  return unit && i18n._(unit);
}

/** A value as a person reads it: with its unit, and in a larger one where that says more. */
export function describeValue(setting: Pick<Setting, "name" | "secret">, value: unknown): string {
  if (setting.secret) return value === true ? i18n._("set") : i18n._("not set");
  if (value === null || value === undefined) return i18n._("none");
  if (typeof value === "boolean") return value ? i18n._("on") : i18n._("off");
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string"))
    return value.join(", ") || i18n._("none");
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value !== "number") return String(value) || i18n._("empty");
  if (/Ms$/.test(setting.name)) return value >= 1_000 ? formatDuration(value) : `${value} ms`;
  if (/Bytes$/.test(setting.name)) return formatBytes(value);
  if (/BytesPerDay$/.test(setting.name)) return i18n._("{size} a day", { size: formatBytes(value) });
  if (/[pP]ort$|chainId$/.test(setting.name)) return String(value);
  const unit = unitOf(setting);
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** A value as it stands in its control. */
export function toText(control: Control, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (control.kind === "lines" && Array.isArray(value)) return value.join("\n");
  return control.kind === "json" ? JSON.stringify(value, null, 2) : String(value);
}

/** What stands in a control as the value that the daemon wants; nothing where there is nothing. @throws SyntaxError on text that is no JSON */
export function fromText(control: Control, text: string): unknown {
  const trimmed = text.trim();
  if (control.kind === "switch") return trimmed === "true";
  if (control.kind === "lines") {
    const lines = trimmed.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "");
  }
  if (trimmed === "") return null;
  if (control.kind === "number") return Number(trimmed);
  return control.kind === "json" ? JSON.parse(trimmed) : trimmed;
}
