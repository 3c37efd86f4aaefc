import { ShadowMeshError } from "../../../node/core/errors.ts";

/** Why a daemon's answers cannot be used: it does not answer, or it is of another version than this page. */
export type Trouble = "away" | "replaced";

/** What the errors of questions to the daemon, asked at about the same time, say together; null where all were answered. */
export function troubleOf(...errors: readonly unknown[]): Trouble | null {
  const failed = errors.filter((error) => error !== null);
  if (failed.length === 0) return null;
  return failed.every(isReplaced) ? "replaced" : "away";
}

const isReplaced = (error: unknown) => ShadowMeshError.is(error) && error.code === "ANSWER_INVALID";
