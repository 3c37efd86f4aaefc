import type { auditEvents } from "../database/index.ts";

type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What happened. Nothing in it may be an address, a secret or a token: events are kept for good. */
export interface AuditEvent {
  /** Dotted lower-case: the thing, then what became of it, such as `sessions.issued`. */
  readonly type: string;
  /** Who did it; null where nobody is known. At most 256 characters. */
  readonly actor: string | null;
  /** To what; null where it is nothing in particular. At most 256 characters. */
  readonly subject: string | null;
  /** At most 8 KiB as JSON. */
  readonly details?: JsonObject;
}

export type AuditRow = typeof auditEvents.$inferSelect;

const typePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
const maxNameLength = 256;
const maxDetailsBytes = 8 * 1024;
/** PostgreSQL takes no NUL in a text, and a terminal none of the others. */
const controls = /\p{Cc}/gu;

/** An event as it is stored, but for its number. @throws RangeError for a type or details that no event may have */
export function toRow(event: AuditEvent, atMs: number): Omit<AuditRow, "sequence"> {
  if (event.type.length > 64 || !typePattern.test(event.type)) throw new RangeError(`no event type: ${event.type}`);
  const details = canonicalJson(JSON.parse(JSON.stringify(event.details ?? {})));
  if (Buffer.byteLength(details) > maxDetailsBytes) throw new RangeError(`${event.type} has details over 8 KiB`);
  return { atMs, type: event.type, actor: toName(event.actor), subject: toName(event.subject), details };
}

/** A name may come from a stranger: whatever is in it, the event is kept. */
function toName(name: string | null): string | null {
  return name?.slice(0, maxNameLength).toWellFormed().replace(controls, "\ufffd") ?? null;
}

/** The bytes of an event's leaf: canonical JSON (RFC 8785) of all that is stored of it. @throws SyntaxError */
export function toLeaf({ details, ...row }: AuditRow): string {
  return canonicalJson({ ...row, details: JSON.parse(details) });
}

/** RFC 8785: members sorted by UTF-16 code units, the rest as ECMAScript writes it. */
function canonicalJson(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value as JsonObject)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
