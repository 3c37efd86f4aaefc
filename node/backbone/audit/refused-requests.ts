import type { Logger } from "pino";
import type { ShadowMeshError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import type { Audit } from "./audit.ts";
import { createRefusals } from "./refusals.ts";

/** Answers that an attack shows by, and the event that counts them. */
const types: Readonly<Record<string, "tokens" | "admin" | "floods">> = {
  SESSION_INVALID: "tokens",
  AGENT_TOKEN_INVALID: "tokens",
  REFRESH_TOKEN_INVALID: "tokens",
  ADMIN_ORIGIN_REFUSED: "admin",
  CSRF_TOKEN_INVALID: "admin",
  ADMIN_LOCKED: "admin",
  RATE_LIMITED: "floods",
};
/** What honest clients meet: a token that ran out while they slept, and none at all. */
const harmless: readonly unknown[] = ["missing", "expired"];

export interface RefusedRequests extends Service {
  /** Hears of every request that failed. */
  onFailure(failure: ShadowMeshError): void;
}

/** Counts by the minute what the API refused: anybody can be refused, as often as he likes. */
export function createRefusedRequests(deps: { audit: Audit; log: Logger }): RefusedRequests {
  const counters = {
    tokens: createRefusals("token.refused", deps),
    admin: createRefusals("admin.request_refused", deps),
    floods: createRefusals("requests.rate_limited", deps),
  };
  const all = Object.values(counters);
  return {
    onFailure({ code, details }) {
      const type = types[code];
      if (type !== undefined && !harmless.includes(details.reason)) counters[type].count(null, code);
    },
    async start(signal) {
      for (const counter of all) await counter.start(signal);
    },
    async stop() {
      for (const counter of all) await counter.stop();
    },
  };
}
