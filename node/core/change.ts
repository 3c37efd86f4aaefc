import type { Service } from "./service.ts";

/** Tells listeners that something changed; what, they read from its owner. */
export interface ChangeSource {
  /** Returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

export interface ChangeEmitter extends ChangeSource {
  emit(): void;
}

export function createChangeEmitter(): ChangeEmitter {
  const listeners = new Set<() => void>();
  return {
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit() {
      for (const listener of [...listeners]) listener();
    },
  };
}

/** Resolves at the next change, after `ms`, or when the signal aborts: whichever comes first; never rejects. */
export function nextChange(sources: readonly ChangeSource[], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const stops = sources.map((source) => source.onChange(done));
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

/**
 * Runs `apply` at its start and after each change until it stops, one run after the other: changes come faster than they
 * are acted on.
 */
export function applyChanges(
  source: ChangeSource,
  apply: () => Promise<void>,
  onError: (error: unknown) => void,
): Service {
  let settled: Promise<void> = Promise.resolve();
  let stopListening: (() => void) | undefined;
  const run = () => {
    settled = settled.then(apply).catch(onError);
  };
  return {
    async start(signal) {
      signal.throwIfAborted();
      stopListening = source.onChange(run);
      run();
      await settled;
    },
    async stop() {
      stopListening?.();
      await settled;
    },
  };
}
