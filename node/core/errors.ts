/** What a stable error code means: its HTTP status, its sentence, and what the reader can do about it. */
export interface ErrorDefinition {
  readonly code: string;
  readonly status: number;
  readonly summary: string;
  readonly action: string;
}

/** Lists the codes of one room; the reference in docs/reference/errors.md is generated from these lists. */
export function defineErrors<const T extends Record<string, Omit<ErrorDefinition, "code">>>(
  definitions: T,
): { readonly [K in keyof T & string]: ErrorDefinition & { readonly code: K } } {
  const entries = Object.entries(definitions).map(([code, definition]) => [code, { code, ...definition }]);
  return Object.fromEntries(entries);
}

/** The one error class: a stable `code`, an HTTP `status`, a sentence, the next step, typed `details` and a `cause`. */
export class ShadowMeshError extends Error {
  readonly code: string;
  readonly status: number;
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    definition: ErrorDefinition,
    options: { message?: string; action?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(options.message ?? definition.summary, { cause: options.cause });
    this.name = "ShadowMeshError";
    this.code = definition.code;
    this.status = definition.status;
    this.action = options.action ?? definition.action;
    this.details = options.details ?? {};
  }

  static is(error: unknown, definition?: ErrorDefinition): error is ShadowMeshError {
    return error instanceof ShadowMeshError && (definition === undefined || error.code === definition.code);
  }
}

/** Codes that belong to no single room. */
export const commonErrors = defineErrors({
  BAD_REQUEST: {
    status: 400,
    summary: "The request is not of the expected shape.",
    action: "See `details` for the field that is wrong, and docs/reference/api.md for the shape.",
  },
  NOT_FOUND: {
    status: 404,
    summary: "There is nothing at this address.",
    action: "See docs/reference/api.md for the routes.",
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    summary: "The request body is too large.",
    action: "Send less than the limit named in docs/reference/api.md.",
  },
  RATE_LIMITED: {
    status: 429,
    summary: "Too many requests from this address.",
    action: "Wait for the seconds named in the Retry-After header, then try again.",
  },
  INTERNAL: {
    status: 500,
    summary: "Something failed that should not have.",
    action: "Look for the request ID in the daemon's log and report it.",
  },
  ABORTED: {
    status: 499,
    summary: "The operation was cancelled or ran out of time.",
    action: "Try again; raise the timeout if the network is slow.",
  },
});
