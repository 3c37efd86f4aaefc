import type { z } from "zod";
import { commonErrors, ShadowMeshError } from "../core/errors.ts";

/** Fastify's own error codes that have a better name here than BAD_REQUEST. */
const fastifyCodes = {
  FST_ERR_CTP_BODY_TOO_LARGE: commonErrors.PAYLOAD_TOO_LARGE,
  FST_ERR_NOT_FOUND: commonErrors.NOT_FOUND,
} as const;

/** Turns whatever was thrown into the one error class; what is not known becomes INTERNAL and tells nothing. */
export function toFailure(error: unknown): ShadowMeshError {
  if (ShadowMeshError.is(error)) return error;
  if (!(error instanceof Error)) return new ShadowMeshError(commonErrors.INTERNAL, { cause: error });
  if (error.name === "AbortError" || error.name === "TimeoutError") {
    return new ShadowMeshError(commonErrors.ABORTED, { cause: error });
  }
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code !== undefined && code in fastifyCodes) {
    return new ShadowMeshError(fastifyCodes[code as keyof typeof fastifyCodes], { cause: error });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ShadowMeshError(commonErrors.BAD_REQUEST, { message: framing(code), cause: error });
  }
  return new ShadowMeshError(commonErrors.INTERNAL, { cause: error });
}

/** BAD_REQUEST that names each wrong field, and never repeats what was sent. */
export function invalidInput(error: z.ZodError): ShadowMeshError {
  const issues = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  return new ShadowMeshError(commonErrors.BAD_REQUEST, { details: { issues } });
}

/** The body of an error answer. */
export function failureBody(failure: ShadowMeshError, requestId: string) {
  const { code, message, action, details } = failure;
  return { error: { code, message, action, details }, requestId };
}

function framing(code: string | undefined): string | undefined {
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "The request body must be of the type application/json.";
  if (code?.startsWith("FST_ERR_CTP")) return "The request body is not valid JSON.";
  return undefined;
}
