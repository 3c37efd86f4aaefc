import { and, asc, gte, lt, or, sql } from "drizzle-orm";
import type { StatementDomain } from "../../core/records/index.ts";
import { auditEvents, auditHeads, auditSubtrees, type Database, type Db } from "../database/index.ts";
import type { AnchorChain } from "./anchor.ts";
import { type AuditRow, toLeaf } from "./event.ts";
import { isSigned, type SignedHead, type TreeHead } from "./head.ts";
import { toHead } from "./heads.ts";
import { cover, hashLeaf, hashPair, rootOf } from "./merkle.ts";

const pageSize = 4_096;
/** Whoever changed more than that needs no list. */
const maxFindings = 100;

/** What somebody said of the log whom the database does not rule. */
type Claim = Pick<TreeHead, "size" | "root">;

/** Something that is not as the log wrote it, in the events from `from` to before `to`. */
export interface Finding {
  readonly kind: "changed" | "removed" | "inserted" | "subtree" | "rewritten" | "head";
  readonly from: number;
  readonly to: number;
}

export interface Verification {
  readonly size: number;
  readonly root: string;
  /** Signed heads that were checked. */
  readonly heads: number;
  /** Events under the head that is on chain; null where none is. */
  readonly anchored: number | null;
  /** None where all is well; at most 100. */
  readonly findings: readonly Finding[];
}

export interface VerifyDeps {
  database: Database;
  domain: StatementDomain;
  /** Null where no contract takes heads. */
  anchors: Pick<AnchorChain, "last"> | null;
}

/**
 * Walks the whole log: hashes every row anew, holds it against the stored hashes, and these against every head that was
 * signed, and the one on chain. A hash that was stored goes on standing for its events, so that one changed row is one
 * finding.
 */
export async function verifyLog({ database, domain, anchors }: VerifyDeps, signal: AbortSignal): Promise<Verification> {
  const findings: Finding[] = [];
  const report = (kind: Finding["kind"], from: number, to: number) => {
    const last = findings.at(-1);
    if (last?.kind === kind && last.to === from && kind !== "changed") findings[findings.length - 1] = { ...last, to };
    else if (findings.length < maxFindings) findings.push({ kind, from, to });
  };

  // Before the log's end is looked for: heads are signed all the time.
  const signed = (await database.run((db) => db.select().from(auditHeads))).map(toHead);
  const anchored = (await anchors?.last()) ?? null;
  const claims = await claimsOf(signed, anchored, domain, report);
  const extent = await database.run(readExtent);
  if (extent.first < 0) report("inserted", extent.first, 0);

  const size = extent.size;
  /** The hash of the rightmost complete subtree of each level, as far as the walk has come. */
  const edge: { level: number; position: number; hash: string }[] = [];
  const rootNow = (at: number) => {
    const hashes = new Map(edge.map(({ level, position, hash }) => [`${level}/${position}`, hash]));
    return rootOf(at, ({ level, position }) => hashes.get(`${level}/${position}`) ?? "");
  };
  let sound = 0;
  let rewritten = false;
  const settle = (at: number) => {
    for (const { root } of claims.get(at) ?? []) {
      // After the first head that does not fit none does, and nobody can say more.
      if (rewritten) return;
      rewritten = root !== `0x${rootNow(at)}`;
      if (rewritten) report("rewritten", sound, at);
      else sound = at;
    }
  };

  settle(0);
  for (let from = 0; from < size; from += pageSize) {
    signal.throwIfAborted();
    const to = Math.min(size, from + pageSize);
    const { rows, hashes } = await database.run((db) => readPage(db, from, to));
    for (let sequence = from; sequence < to; sequence++) {
      const row = rows.get(sequence);
      if (row === undefined) report("removed", sequence, sequence + 1);
      const computed = row && hashRow(row);
      const stored = hashes.get(`0/${sequence}`);
      if (stored === undefined) report("subtree", sequence, sequence + 1);
      else if (computed !== undefined && computed !== stored) report("changed", sequence, sequence + 1);
      let node = { level: 0, position: sequence, hash: stored ?? computed ?? "" };
      while (node.position % 2 === 1) {
        const left = edge.pop()?.hash ?? "";
        const [level, position] = [node.level + 1, (node.position - 1) / 2];
        const joined = hashPair(left, node.hash);
        const known = hashes.get(`${level}/${position}`);
        if (known !== joined) report("subtree", position * 2 ** level, (position + 1) * 2 ** level);
        node = { level, position, hash: known ?? joined };
      }
      edge.push(node);
      settle(sequence + 1);
    }
  }
  const claimed = Math.max(0, ...claims.keys());
  if (claimed > size) report("removed", size, claimed);
  if (extent.last >= size) report("inserted", size, extent.last + 1);
  return { size, root: rootNow(size), heads: signed.length, anchored: anchored?.size ?? null, findings };
}

/** What was said of the log, by the size that it was said of. */
async function claimsOf(
  signed: readonly SignedHead[],
  anchored: Claim | null,
  domain: StatementDomain,
  report: (kind: Finding["kind"], from: number, to: number) => void,
): Promise<Map<number, Claim[]>> {
  const genuine: Claim[] = anchored === null ? [] : [anchored];
  for (const head of signed) {
    if (await isSigned(head, domain)) genuine.push(head);
    else report("head", 0, head.size);
  }
  return Map.groupBy(genuine, ({ size }) => size);
}

/** In one statement, so that no event comes in between. */
async function readExtent(db: Db): Promise<{ size: number; first: number; last: number }> {
  const { level, position } = auditSubtrees;
  const [row] = await db
    .select({
      size: sql<string>`coalesce((SELECT max(${position}) + 1 FROM ${auditSubtrees} WHERE ${level} = 0), 0)`,
      first: sql<string>`coalesce((SELECT min(${auditEvents.sequence}) FROM ${auditEvents}), 0)`,
      last: sql<string>`coalesce((SELECT max(${auditEvents.sequence}) FROM ${auditEvents}), -1)`,
    })
    .from(sql`(SELECT 1) AS one`);
  return { size: Number(row?.size ?? 0), first: Number(row?.first ?? 0), last: Number(row?.last ?? -1) };
}

/** Events, and the hashes of the subtrees that end among them. */
async function readPage(db: Db, from: number, to: number) {
  const { sequence } = auditEvents;
  const rows = await db
    .select()
    .from(auditEvents)
    .where(and(gte(sequence, from), lt(sequence, to)))
    .orderBy(asc(sequence));
  const top = cover(0, to)[0]?.level ?? 0;
  const ending = Array.from({ length: top + 1 }, (_, level) =>
    and(
      sql`${auditSubtrees.level} = ${level}`,
      gte(auditSubtrees.position, Math.floor(from / 2 ** level)),
      lt(auditSubtrees.position, Math.floor(to / 2 ** level)),
    ),
  );
  const subtrees = await db
    .select()
    .from(auditSubtrees)
    .where(or(...ending));
  return {
    rows: new Map(rows.map((row) => [row.sequence, row])),
    hashes: new Map(subtrees.map(({ level, position, hash }) => [`${level}/${position}`, hash])),
  };
}

function hashRow(row: AuditRow): string {
  try {
    return hashLeaf(toLeaf(row));
  } catch {
    // Details that are no JSON: the log never wrote that.
    return "";
  }
}
