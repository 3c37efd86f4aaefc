import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { sql } from "drizzle-orm";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { append, toRow } from "../audit/index.ts";
import { type Database, locks, signingKeys } from "../database/index.ts";

/** What RS256 demands (RFC 7518, section 3.3). ADR 0021 says why no more. */
const modulusLength = 2048;
/** An unknown key ID makes an instance look for new keys, but not more often than this. */
const reloadMs = 10_000;

export interface SigningKeys {
  /** The newest key, with which tokens are signed. */
  current(): Promise<{ kid: string; privateKey: KeyObject }>;
  /** The public key of an ID; undefined where no instance made one. */
  find(kid: string): Promise<CryptoKey | undefined>;
  /** RFC 7517. */
  publicJwks(): Promise<JWK[]>;
}

interface Loaded {
  kid: string;
  publicJwk: JWK;
  publicKey: CryptoKey;
  privateKey: KeyObject;
}

/**
 * The RSA key set that all instances on one database share. Whoever comes first makes it, under a lock. It is stored in
 * the database as it is: who can read that table can forge sessions, and who can write it could do so in any case.
 */
export function createSigningKeys(deps: { database: Database; now: () => number }): SigningKeys {
  let loading: Promise<Loaded[]> | undefined;
  let loadedAtMs = 0;

  function load(): Promise<Loaded[]> {
    loading = readOrCreate(deps).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    loadedAtMs = deps.now();
    return loading;
  }
  const keys = () => loading ?? load();

  return {
    async current() {
      const [newest] = await keys();
      if (newest === undefined) throw new Error("the key set is empty");
      return newest;
    },
    async find(kid) {
      const known = (await keys()).find((key) => key.kid === kid);
      if (known !== undefined || deps.now() < loadedAtMs + reloadMs) return known?.publicKey;
      return (await load()).find((key) => key.kid === kid)?.publicKey;
    },
    async publicJwks() {
      return (await keys()).map(({ publicJwk }) => publicJwk);
    },
  };
}

/** Newest first. */
async function readOrCreate({ database, now }: { database: Database; now: () => number }): Promise<Loaded[]> {
  const rows = await database.run((db) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`SELECT pg_advisory_xact_lock(${locks.signingKeys})`);
      const found = await tx.select().from(signingKeys);
      if (found.length > 0) return found;
      const key = await createKey();
      // In the same transaction: no key is in use that the log does not know.
      const event = { type: "signing_key.created", actor: null, subject: key.kid, details: { modulusLength } };
      await append(tx, [toRow(event, now())]);
      return tx
        .insert(signingKeys)
        .values({ ...key, createdAtMs: now() })
        .returning();
    }),
  );
  rows.sort((a, b) => b.createdAtMs - a.createdAtMs || a.kid.localeCompare(b.kid));
  return Promise.all(
    rows.map(async ({ kid, privateJwk, publicJwk }) => ({
      kid,
      publicJwk,
      publicKey: (await importJWK(publicJwk, "RS256")) as CryptoKey,
      privateKey: createPrivateKey({ key: privateJwk as JsonWebKey, format: "jwk" }),
    })),
  );
}

async function createKey(): Promise<{ kid: string; privateJwk: JWK; publicJwk: JWK }> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { modulusLength, extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const use = { kid, alg: "RS256", use: "sig" };
  return { kid, privateJwk: { ...(await exportJWK(privateKey)), ...use }, publicJwk: { ...publicJwk, ...use } };
}
