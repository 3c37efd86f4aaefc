/** A part with a life: the composition root starts services in order and stops them in reverse. */
export interface Service {
  /** Resolves once the service works; the signal aborts a start that takes too long. */
  start(signal: AbortSignal): Promise<void>;
  /** Releases everything; safe to call twice, and after a failed start. */
  stop(): Promise<void>;
  /** How long its stop may take. @default 5 s */
  readonly stopTimeoutMs?: number;
}
