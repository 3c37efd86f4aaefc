export interface Cache<K, V> {
  /** What is in memory and fresh, or what `load` gives; concurrent callers share one load. */
  get(key: K): Promise<V>;
  /** Changes a value that is in memory; one that is not is loaded as it then is. */
  change(key: K, to: (value: V) => V): void;
  /** Forgets a value, also one that is being loaded. */
  delete(key: K): void;
}

/** A bounded cache over slower storage: least recently used gives way, values are good for `lifetimeMs`. */
export function createCache<K, V>(
  config: { max: number; lifetimeMs: number },
  deps: { load(key: K): Promise<V>; now: () => number },
): Cache<K, V> {
  const entries = new Map<K, { value: Promise<V>; staleAtMs: number }>();
  return {
    get(key) {
      const known = entries.get(key);
      if (known !== undefined) entries.delete(key);
      const fresh = known !== undefined && known.staleAtMs > deps.now();
      const entry = fresh ? known : { value: deps.load(key), staleAtMs: deps.now() + config.lifetimeMs };
      entries.set(key, entry);
      if (!fresh) {
        entry.value.catch(() => {
          if (entries.get(key) === entry) entries.delete(key);
        });
        for (const oldest of entries.keys()) {
          if (entries.size <= config.max) break;
          entries.delete(oldest);
        }
      }
      return entry.value;
    },
    change(key, to) {
      const entry = entries.get(key);
      if (entry === undefined) return;
      entry.value = entry.value.then(to);
      entry.value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
    },
    delete: (key) => void entries.delete(key),
  };
}
