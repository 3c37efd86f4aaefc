import { desc, eq } from "drizzle-orm";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { sleep } from "../../core/backoff.ts";
import type { Signer } from "../../core/evidence/probe.ts";
import { createLoop } from "../../core/loop.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Service } from "../../core/service.ts";
import { auditHeads, type Database } from "../database/index.ts";
import { type SignedHead, signHead } from "./head.ts";
import { cover, rootOf } from "./merkle.ts";
import { readHashes, readSize } from "./subtree-table.ts";

/** Between two heads: what happened since the last one, who rules the database can still leave out. */
const intervalMs = 10 * 60_000;
/** Anybody may ask for a head, and each new one is a row. */
const freshMs = 60_000;

export interface Heads extends Service {
  /** This backbone's newest head, a minute old at the most where there is news. @throws DATABASE_UNAVAILABLE */
  current(): Promise<SignedHead>;
  /** Signs what the log has now, where it has grown. @throws DATABASE_UNAVAILABLE, AUDIT_BROKEN */
  sign(): Promise<SignedHead>;
}

export interface HeadsDeps {
  database: Database;
  signer: Signer;
  domain: StatementDomain;
  now: () => number;
  log: Logger;
}

/** Signs the tree's head from time to time, and keeps what was signed. */
export function createHeads({ database, signer, domain, now, log }: HeadsDeps): Heads {
  const { stopping, ...life } = createLoop(() => run());
  let newest: SignedHead | undefined;
  let lookedAtMs = 0;
  let signing: Promise<SignedHead> | undefined;

  async function signNow(): Promise<SignedHead> {
    const lookingAtMs = now();
    const { size, root } = await readTree(database);
    newest ??= await readNewest(database, signer.peerId);
    if (newest === undefined || newest.size < size) {
      const head = await signHead(signer, { size, root: `0x${root}`, atMs: now() }, domain);
      await database.run((db) => db.insert(auditHeads).values(head).onConflictDoNothing());
      newest = head;
    }
    lookedAtMs = lookingAtMs;
    return newest;
  }

  const sign = () => {
    signing ??= signNow().finally(() => {
      signing = undefined;
    });
    return signing;
  };

  async function run(): Promise<void> {
    while (!stopping.aborted) {
      await sign().catch((error: unknown) => log.warn({ err: error }, "the audit log's head cannot be signed now"));
      await sleep(intervalMs, stopping);
    }
  }

  return {
    sign,
    current: async () => (newest === undefined || now() >= lookedAtMs + freshMs ? sign() : newest),
    start: life.start,
    async stop() {
      await life.stop();
      await signing?.catch(() => undefined);
    },
  };
}

function readTree(database: Database): Promise<{ size: number; root: string }> {
  return database.run(async (db) => {
    const size = await readSize(db);
    return { size, root: rootOf(size, await readHashes(db, cover(0, size))) };
  });
}

async function readNewest(database: Database, peerId: Hex): Promise<SignedHead | undefined> {
  const ofPeer = eq(auditHeads.peerId, peerId);
  const [row] = await database.run((db) =>
    db.select().from(auditHeads).where(ofPeer).orderBy(desc(auditHeads.size)).limit(1),
  );
  return row && toHead(row);
}

/** A row as what it was stored from. */
export function toHead(row: typeof auditHeads.$inferSelect): SignedHead {
  return {
    ...row,
    peerId: row.peerId as Hex,
    root: row.root as Hex,
    mlDsaKeyHash: row.mlDsaKeyHash as Hex,
    signature: row.signature as Hex,
  };
}
