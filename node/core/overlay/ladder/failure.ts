import { type ErrorDefinition, ShadowMeshError } from "../../errors.ts";
import { ladderErrors } from "./errors.ts";

/** What the system says of an address (errno(3)), as the network's libraries pass it on. */
const systemCodes: Record<string, ErrorDefinition> = {
  ECONNREFUSED: ladderErrors.ADDRESS_CLOSED,
  EHOSTUNREACH: ladderErrors.ADDRESS_UNREACHABLE,
  ENETUNREACH: ladderErrors.ADDRESS_UNREACHABLE,
  EADDRNOTAVAIL: ladderErrors.ADDRESS_UNREACHABLE,
  EINVAL: ladderErrors.ADDRESS_UNREACHABLE,
  ETIMEDOUT: ladderErrors.ATTEMPT_TIMED_OUT,
};

/** The reason why an attempt failed, with a code of its own. */
export function toAttemptError(cause: unknown, timedOut: boolean): ShadowMeshError {
  if (ShadowMeshError.is(cause)) return cause;
  if (timedOut) return new ShadowMeshError(ladderErrors.ATTEMPT_TIMED_OUT, { cause });
  const { message, code } = cause as NodeJS.ErrnoException;
  const definition =
    systemCodes[code ?? ""] ??
    (/failed to connect via relay/.test(message) ? ladderErrors.RELAY_REFUSED : ladderErrors.ATTEMPT_FAILED);
  return new ShadowMeshError(definition, { details: { reason: message }, cause });
}
