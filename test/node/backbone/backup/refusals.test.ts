import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { sql } from "drizzle-orm";
import { writeBackup } from "../../../../node/backbone/backup/index.ts";
import { auditEvents, createDatabase, type Database, nodes } from "../../../../node/backbone/database/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { silent } from "../../api/fixture.ts";
import { openAudit } from "../audit/fixture.ts";
import { databases } from "../fixture.ts";
import { backUpTo, openFolder, readLines, restoreFrom, type Settings, writeLines } from "./fixture.ts";

/** Ends a backup with the SHA-256 that its lines have, as who forges one would. */
function sealed(lines: readonly string[]): string[] {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line}\n`);
  return [...lines, JSON.stringify({ sha256: hash.digest("hex") })];
}

for (const createTestDatabase of databases) {
  const testDatabase = createTestDatabase();

  describe(`backbone/backup refusals on ${testDatabase.name}`, function () {
    this.timeout(300_000);
    this.slow(10_000);
    let files: Awaited<ReturnType<typeof openFolder>>;
    /** A backup of a database with a hundred events, and its lines without the last one. */
    let backup: string;
    let lines: string[];

    before(async () => {
      files = await openFolder();
      const settings = await testDatabase.open();
      await fill(settings, 100);
      backup = files.freeName();
      await backUpTo(backup, settings);
      lines = (await readLines(backup)).slice(0, -1);
    });
    after(async () => {
      await files?.remove();
      await testDatabase.close();
    });

    async function fill(settings: Settings, events: number): Promise<void> {
      const { audit, close } = await openAudit(settings);
      for (let n = 0; n < events; n++) await audit.record({ type: "test.happened", actor: "ü", subject: `${n}\n` });
      await close();
    }

    async function withStarted<T>(settings: Settings, use: (database: Database) => Promise<T>): Promise<T> {
      const database = createDatabase({ url: settings.databaseUrl, dataFolder: settings.dataFolder }, { log: silent });
      await database.start(AbortSignal.timeout(60_000));
      try {
        return await use(database);
      } finally {
        await database.stop();
      }
    }
    const eventsIn = (settings: Settings) =>
      withStarted(settings, (database) => database.run((db) => db.select().from(auditEvents)));
    const header = (change: object) => JSON.stringify({ ...JSON.parse(lines[0] ?? ""), ...change });

    it("never overwrites a file, and leaves none behind where the reading fails", async () => {
      await expectCode(backUpTo(backup, await testDatabase.open()), "BACKUP_FILE_EXISTS");
      const file = files.freeName();
      const broken = writeBackup(file, async (write) => {
        await write(lines);
        throw new Error("the connection broke");
      });
      expect(await broken.catch((error: Error) => error.message)).to.equal("the connection broke");
      await expectCode(readLines(file), "BACKUP_UNREADABLE");
    });

    it("says that there is no database yet, and makes none", async () => {
      const empty = await testDatabase.open();
      const file = files.freeName();
      await expectCode(backUpTo(file, empty), "DATABASE_MISSING");
      await expectCode(backUpTo(file, empty), "DATABASE_MISSING");
    });

    it("refuses what is cut, changed or no backup, and restores nothing of it", async () => {
      const settings = await testDatabase.open();
      const bytes = await readFile(backup);
      const damage: Record<string, () => Promise<unknown>> = {
        "no backup": async () => Buffer.from("not zstd at all"),
        empty: async () => Buffer.alloc(0),
        cut: async () => bytes.subarray(0, -40),
        "a bit flipped": async () => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)),
      };
      for (const [name, make] of Object.entries(damage)) {
        const file = files.freeName();
        await writeFile(file, (await make()) as Buffer);
        const { details } = await expectCode(restoreFrom(file, settings), "BACKUP_DAMAGED");
        expect(details.reason, name).to.match(/\S/);
      }
      const trailer = (await readLines(backup)).at(-1) ?? "";
      const changed: Record<string, string[]> = {
        "a row changed": [...lines.map((line) => line.replace('"test.happened"', '"test.forged"')), trailer],
        "a row missing": [...lines.slice(0, 40), ...lines.slice(41), trailer],
        "no end": lines,
        "something behind its end": [...lines, trailer, trailer],
        "a header of something else": sealed(['{"format":"another"}']),
        "a table that is none of ours": sealed([header({ tables: [{ name: "pg_authid", rows: 0 }] })]),
      };
      for (const [name, content] of Object.entries(changed)) {
        const file = files.freeName();
        await writeLines(file, content);
        const { details } = await expectCode(restoreFrom(file, settings), "BACKUP_DAMAGED");
        expect(details.reason, name).to.match(/\S/);
      }
      expect(await eventsIn(settings)).to.deep.equal([]);
    });

    it("refuses a backup of another network, and one of a newer release", async () => {
      const settings = await testDatabase.open();
      const cases: [object, string][] = [
        [{ network: { chainId: 1, nexusAddress: `0x${"aa".repeat(20)}` } }, "BACKUP_OF_ANOTHER_NETWORK"],
        [{ migrations: [...JSON.parse(lines[0] ?? "").migrations, "ab".repeat(32)] }, "BACKUP_NEWER"],
        [{ version: 2 }, "BACKUP_NEWER"],
      ];
      for (const [change, code] of cases) {
        const file = files.freeName();
        await writeLines(file, sealed([header(change), ...lines.slice(1)]));
        await expectCode(restoreFrom(file, settings), code);
      }
    });

    it("refuses a database that is not empty, and with --force replaces all that is in it", async () => {
      const settings = await testDatabase.open();
      await fill(settings, 3);
      await expectCode(restoreFrom(backup, settings), "DATABASE_NOT_EMPTY");
      expect(await eventsIn(settings)).to.have.length(3);
      const file = files.freeName();
      await writeLines(file, [...lines, '{"sha256":"00"}']);
      await expectCode(restoreFrom(file, settings, { force: true }), "BACKUP_DAMAGED");
      expect(await eventsIn(settings)).to.have.length(3);

      await restoreFrom(backup, settings, { force: true });
      const events = await eventsIn(settings);
      expect(events.map(({ type }) => type)).to.deep.equal([...Array(100).fill("test.happened"), "database.restored"]);
      expect(events.slice(0, 100).map(({ subject }) => subject?.trim().replace("\ufffd", ""))).to.deep.equal(
        events.slice(0, 100).map((_, n) => `${n}`),
      );
    });

    it("brings a backup of an older release to this one's tables", async () => {
      const settings = await testDatabase.open();
      const file = files.freeName();
      const migrations: string[] = JSON.parse(lines[0] ?? "").migrations;
      const node = { peer_id: "0xaa", node_type: "light_public", region: "europe", operator: "0xbb" };
      const row = { ...node, bandwidth_mbps: 1, stake_wei: "1", last_seen_ms: 1, active: true, seen_at: "2026-01-01" };
      const old = { migrations: migrations.slice(0, 4), tables: [{ name: "nodes", rows: 1 }], sequences: [] };
      await writeLines(file, sealed([header(old), JSON.stringify(row)]));
      await restoreFrom(file, settings);
      await withStarted(settings, async (database) => {
        const stored = await database.run((db) => db.select().from(nodes));
        expect(stored).to.have.length(1);
        expect(stored[0]).to.deep.include({ peerId: "0xaa", stakeWei: "1", active: true });
      });
      // What such a backup holds of later tables would have nowhere to go.
      const later = { ...old, tables: [{ name: "devices", rows: 1 }] };
      const wrong = files.freeName();
      await writeLines(wrong, sealed([header(later), "{}"]));
      await expectCode(restoreFrom(wrong, await testDatabase.open()), "BACKUP_DAMAGED");
    });

    it("leaves a database alone that a newer release has used, and backs none up", async () => {
      const settings = await testDatabase.open();
      await withStarted(settings, (database) =>
        database.run((db) =>
          db.execute(sql`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('later', 99999999999999)`),
        ),
      );
      await expectCode(restoreFrom(backup, settings, { force: true }), "DATABASE_NEWER");
      await expectCode(backUpTo(files.freeName(), settings), "DATABASE_NEWER");
    });

    if (testDatabase.name === "PostgreSQL") {
      it("restores nothing under instances that are at work", async () => {
        const settings = await testDatabase.open();
        await withStarted(settings, async (database) => {
          await database.run((db) => db.execute(sql`SELECT 1`));
          const { details } = await expectCode(restoreFrom(backup, settings, { force: true }), "DATABASE_IN_USE");
          expect(details.connections).to.be.greaterThan(0);
        });
        await restoreFrom(backup, settings);
      });
    }
  });
}
