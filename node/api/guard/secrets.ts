import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A random secret of 256 bits that fits a URL. */
export function createSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Compares in a time that tells nothing, of any two lengths. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

export interface ExpiringSecrets<T> {
  add(secret: string, value: T): { expiresAtMs: number };
  /** The value of a secret that has not run out. */
  find(secret: string): T | undefined;
  /** As `find`, once: the secret is gone afterwards. */
  take(secret: string): T | undefined;
  delete(secret: string): void;
}

/** Secrets that run out, kept as SHA-256 only, so that a memory dump signs nobody in; the oldest gives way. */
export function createExpiringSecrets<T>(
  config: { lifetimeMs: number; max: number },
  now: () => number,
): ExpiringSecrets<T> {
  const entries = new Map<string, { value: T; expiresAtMs: number }>();
  const key = (secret: string) => digest(secret).toString("hex");
  const find = (secret: string) => {
    const entry = entries.get(key(secret));
    return entry !== undefined && entry.expiresAtMs > now() ? entry.value : undefined;
  };
  return {
    add(secret, value) {
      const expiresAtMs = now() + config.lifetimeMs;
      entries.set(key(secret), { value, expiresAtMs });
      for (const oldest of entries.keys()) {
        if (entries.size <= config.max) break;
        entries.delete(oldest);
      }
      return { expiresAtMs };
    },
    find,
    take(secret) {
      const value = find(secret);
      entries.delete(key(secret));
      return value;
    },
    delete: (secret) => void entries.delete(key(secret)),
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
