import type { Hex } from "viem";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Audit, Refusals } from "../audit/index.ts";
import type { Database } from "../database/index.ts";
import { type Authenticate, createAuthenticate } from "./authentication.ts";
import { type Challenges, createSharedChallenges } from "./challenges.ts";
import { createOwnChallenges } from "./own-challenges.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSigningKeys, type SigningKeys } from "./signing-keys.ts";

export type { SigningKeys };

export interface Auth {
  readonly challenges: Challenges;
  readonly sessions: Sessions;
  readonly keys: SigningKeys;
  readonly authenticate: Authenticate;
}

export interface AuthDeps {
  database: Database;
  audit: Audit;
  refusals: Pick<Refusals, "count">;
  requireRegistered(peerId: Hex): Promise<void>;
  now: () => number;
}

/** Challenge in, session token out. */
export function createAuth(
  config: { domain: StatementDomain; maxChallenges: number; databaseUrl: string | null; keyRotationMs: number },
  deps: AuthDeps,
): Auth {
  const keys = createSigningKeys(config, deps);
  // The embedded database is one process's; any other may have several instances on it.
  const challenges =
    config.databaseUrl === null ? createOwnChallenges(config, deps) : createSharedChallenges(config, deps);
  const sessions = createSessions(config, { keys, audit: deps.audit, now: deps.now });
  return {
    challenges,
    sessions,
    keys,
    authenticate: createAuthenticate({ ...deps, challenges, sessions }),
  };
}
