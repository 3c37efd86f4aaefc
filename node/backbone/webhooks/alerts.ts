import type { AuditRow } from "../audit/index.ts";

/** Refused attempts that one event counts: a person who mistypes makes fewer in a minute. */
const bruteForceAttempts = 20;

/** Whether somebody should hear of an event at once. */
export function isAlert({ type, details }: Pick<AuditRow, "type" | "details">): boolean {
  // Of a second factor's codes so few are tried that a lock-out is what tells of guessing.
  if (type === "honeypot.hit" || type === "admin.locked" || type.endsWith(".token_reused")) return true;
  return type.endsWith("refused") && attemptsIn(details) >= bruteForceAttempts;
}

function attemptsIn(details: string): number {
  const { attempts } = JSON.parse(details) as { attempts?: unknown };
  return typeof attempts === "number" ? attempts : 0;
}

/** The body of an alert, as Standard Webhooks advises: what, when, and the event. */
export function alertBody({ type, atMs, details, ...event }: AuditRow): string {
  const data = { ...event, details: JSON.parse(details) as unknown };
  return JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
}
