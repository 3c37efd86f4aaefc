import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject, randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { append, toRow } from "../audit/index.ts";
import { type Database, locks, signingKeys } from "../database/index.ts";
import { byAge, isRotationDue, outlived, settleMs, signingKey } from "./key-rotation.ts";

/** What RS256 demands (RFC 7518, section 3.3). ADR 0021 says why no more. */
const modulusLength = 2048;
/** Each instance reads the key set so often, and so learns of what another one did. */
const refreshMs = 30_000;
/** An unknown key ID makes an instance look for new keys, but not more often than this. */
const reloadMs = 10_000;

export interface SigningKeys {
  /** The key with which tokens are signed: the newest that has been public for long enough. */
  current(): Promise<TokenKeys>;
  /** The keys of an ID; undefined where no instance made them. */
  find(kid: string): Promise<TokenKeys | undefined>;
  /** Whether a key is of the set that was read last: asked for each request that shows a token which was checked before. */
  has(kid: string): boolean;
  /** RFC 7517. */
  publicJwks(): Promise<JWK[]>;
  /**
   * Makes the next key. It signs once everybody can know it, and the one before goes once its last token has run out; with
   * `revoke` all others go at once, and every token with them.
   */
  rotate(options: { revoke: boolean }): Promise<{ kid: string; signsFromMs: number }>;
  /** Rotates when it is time, deletes keys that are of no use any more, and reads what other instances did. */
  maintain(): Promise<void>;
}

/** What goes by one key ID; made, rotated and revoked together. */
export interface TokenKeys {
  readonly kid: string;
  /** RSA, for tokens that anybody may check (RS256). */
  readonly publicKey: CryptoKey;
  readonly privateKey: KeyObject;
  /** 32 bytes, for tokens that only the instances on this database check (HS256). Never published. */
  readonly secret: KeyObject;
}

interface Loaded extends TokenKeys {
  readonly createdAtMs: number;
  readonly publicJwk: JWK;
}

/**
 * The key set that all instances on one database share. Whoever comes first makes it, under a lock. It is stored in the
 * database as it is: who can read that table can forge sessions, and who can write it could do so in any case.
 */
export function createSigningKeys(
  config: { keyRotationMs: number },
  deps: { database: Database; now: () => number },
): SigningKeys {
  let loading: Promise<Loaded[]> | undefined;
  let loadedAtMs = 0;
  let kids: ReadonlySet<string> = new Set();

  function keep(loaded: Loaded[]): Loaded[] {
    kids = new Set(loaded.map(({ kid }) => kid));
    return loaded;
  }

  function load(): Promise<Loaded[]> {
    const before = loading;
    loading = changeKeys(deps, async () => undefined)
      .then(keep)
      .catch((error: unknown) => {
        // A stranger's key ID must not cost us the keys that we know while the database is away.
        loading = before;
        throw error;
      });
    loadedAtMs = deps.now();
    return loading;
  }
  const keys = () => loading ?? load();

  return {
    async current() {
      const key = signingKey(await keys(), deps.now());
      if (key === undefined) throw new Error("the key set is empty");
      return key;
    },
    async find(kid) {
      const known = (await keys()).find((key) => key.kid === kid);
      if (known !== undefined || deps.now() < loadedAtMs + reloadMs) return known;
      return (await load()).find((key) => key.kid === kid);
    },
    has: (kid) => kids.has(kid),
    async publicJwks() {
      return (await keys()).map(({ publicJwk }) => publicJwk);
    },
    async rotate({ revoke }) {
      const changed = await changeKeys(deps, async (set) => {
        const before = [...set.rows];
        await set.create();
        if (revoke) for (const { kid } of before) await set.remove(kid, "signing_key.revoked");
      });
      loading = Promise.resolve(keep(changed));
      loadedAtMs = deps.now();
      const [newest] = changed;
      if (newest === undefined) throw new Error("the key set is empty");
      return { kid: newest.kid, signsFromMs: changed.length === 1 ? deps.now() : newest.createdAtMs + settleMs };
    },
    async maintain() {
      if (loading !== undefined && deps.now() < loadedAtMs + refreshMs) return;
      const changed = await changeKeys(deps, async (set) => {
        if (isRotationDue(set.rows, config.keyRotationMs, deps.now())) await set.create();
        for (const { kid } of outlived(set.rows, deps.now())) await set.remove(kid, "signing_key.deleted");
      });
      // Only now: while the database is away, the known keys serve on.
      loading = Promise.resolve(keep(changed));
      loadedAtMs = deps.now();
    },
  };
}

type Row = typeof signingKeys.$inferSelect;

/** The key set within a transaction that holds its lock. */
interface KeySet {
  /** Newest first. */
  readonly rows: readonly Row[];
  create(): Promise<void>;
  remove(kid: string, type: string): Promise<void>;
}

/** Changes the key set, makes its first key where it has none, and loads it; newest first. */
async function changeKeys(
  { database, now }: { database: Database; now: () => number },
  change: (set: KeySet) => Promise<void>,
): Promise<Loaded[]> {
  const rows = await database.run((db) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`SELECT pg_advisory_xact_lock(${locks.signingKeys})`);
      let rows = (await tx.select().from(signingKeys)).sort(byAge);
      // In the same transaction: no key is in use that the log does not know.
      const record = (type: string, kid: string) =>
        append(tx, [toRow({ type, actor: null, subject: kid, details: { modulusLength } }, now())]);
      const create = async () => {
        const key = { ...(await createKey()), createdAtMs: now() };
        await record("signing_key.created", key.kid);
        rows = [...rows, ...(await tx.insert(signingKeys).values(key).returning())].sort(byAge);
      };
      const remove = async (kid: string, type: string) => {
        await record(type, kid);
        await tx.delete(signingKeys).where(eq(signingKeys.kid, kid));
        rows = rows.filter((row) => row.kid !== kid);
      };
      if (rows.length === 0) await create();
      await change({
        get rows() {
          return rows;
        },
        create,
        remove,
      });
      return rows;
    }),
  );
  return Promise.all(
    rows.map(async ({ kid, createdAtMs, privateJwk, publicJwk, sessionSecret }) => ({
      kid,
      createdAtMs,
      publicJwk,
      publicKey: (await importJWK(publicJwk, "RS256")) as CryptoKey,
      privateKey: createPrivateKey({ key: privateJwk as JsonWebKey, format: "jwk" }),
      secret: createSecretKey(sessionSecret, "hex"),
    })),
  );
}

async function createKey(): Promise<Omit<Row, "createdAtMs">> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { modulusLength, extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const use = { kid, alg: "RS256", use: "sig" };
  return {
    kid,
    privateJwk: { ...(await exportJWK(privateKey)), ...use },
    publicJwk: { ...publicJwk, ...use },
    sessionSecret: randomBytes(32).toString("hex"),
  };
}
