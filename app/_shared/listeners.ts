/** Calls a listener at each change of something outside; returns what ends that. */
type Source = (listener: () => void) => () => void;

/** Who wants to know when a value changes that React does not hold: `subscribe` is for `useSyncExternalStore`. */
export interface Listeners {
  subscribe(listener: () => void): () => void;
  tell(): void;
}

/** @param source changes the value too, beside this page's own code */
export function createListeners(source?: Source): Listeners {
  const listeners = new Set<() => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      const end = source?.(listener);
      return () => {
        listeners.delete(listener);
        end?.();
      };
    },
    tell() {
      for (const listener of listeners) listener();
    },
  };
}

/** Another tab of the console, which writes to the browser's storage. */
export const otherTabs: Source = (listener) => {
  window.addEventListener("storage", listener);
  return () => window.removeEventListener("storage", listener);
};
