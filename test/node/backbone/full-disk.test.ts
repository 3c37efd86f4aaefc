import { statfsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { sql } from "drizzle-orm";
import { createDatabase, type Database, nodes } from "../../../node/backbone/database/index.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { shadowmesh } from "../../harness/command.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { domain } from "../../harness/identities.ts";
import { mountSmallDisk, type SmallDisk } from "../../harness/small-disk.ts";
import { until } from "../../harness/until.ts";
import { silent } from "../api/fixture.ts";
import { createTestChain, newIdentity, registrationFor, startBackbone } from "./fixture.ts";

describe("backbone/database on a disk without room for it", function () {
  this.timeout(600_000);
  this.slow(30_000);
  const disk = mountSmallDisk({ kilobytes: 4 * 1024 });

  it("says that the disk is full when the daemon starts, and prints no trace", async () => {
    await createIdentityFile(disk.path());
    const env = {
      SHADOWMESH_CHAIN_RPC_URL: "http://127.0.0.1:9",
      SHADOWMESH_CHAIN_NEXUS_ADDRESS: domain.nexusAddress,
      SHADOWMESH_OVERLAY_LISTEN: "[]",
      SHADOWMESH_BACKBONE_ENABLED: "true",
      SHADOWMESH_BACKBONE_PORT: "0",
    };
    const args = ["up", "--data", disk.path(), "--port", "0", "--log-level", "silent"];
    const { code, stderr } = await shadowmesh(disk.path(), args, { env });
    expect(code).to.equal(1);
    expect(stderr).to.match(/^✗ The disk that holds the backbone's database is full\.\n {2}Free some space .*\n/);
    expect(stderr)
      .to.include("(DISK_FULL")
      .and.to.not.match(/\n\s+at |\[object/);
  });
});

describe("backbone/database on a disk with room for half of it", function () {
  this.timeout(600_000);
  this.slow(30_000);
  const disk = mountSmallDisk({ kilobytes: 38 * 1024 });

  it("leaves none that is half made, and makes a whole one once there is room", async () => {
    await expectCode(startDatabase(disk), "DISK_FULL");
    expect(await readdir(disk.path())).to.deep.equal([]);
    disk.resize({ kilobytes: 300 * 1024 });
    // What a crash in the middle would have left.
    await mkdir(join(disk.path(), "backbone-db.new"));
    await writeFile(join(disk.path(), "backbone-db.new", "PG_VERSION"), "18\n");
    const database = await startDatabase(disk);
    expect(await database.run((db) => db.select().from(nodes))).to.deep.equal([]);
    await database.stop();
    expect(await readdir(disk.path())).to.deep.equal(["backbone-db"]);
  });
});

describe("backbone/database on a disk that fills up", function () {
  this.timeout(600_000);
  this.slow(30_000);
  const disk = mountSmallDisk({ kilobytes: 96 * 1024 });

  it("says so to who writes, still answers who reads, and goes on once there is room again", async () => {
    const database = await startDatabase(disk);
    try {
      const run = (query: string) => database.run((db) => db.execute(sql.raw(query)));
      const count = async () => {
        const answer = (await run("SELECT count(*) AS rows FROM filling")) as { rows: { rows: unknown }[] };
        return Number(answer.rows[0]?.rows);
      };
      const insert = () =>
        run("INSERT INTO filling SELECT repeat(md5(random()::text), 1000) FROM generate_series(1, 100)");
      await run("CREATE TABLE filling (content text)");
      await insert();
      const makeRoom = await fill(disk, { leaveBytes: 100 * 1024 });
      let written = 100;
      const insertOn = async () => {
        for (;;) {
          await insert();
          written += 100;
        }
      };
      const error = await expectCode(insertOn(), "DISK_FULL");
      expect(error.status).to.equal(507);
      expect(error.cause).to.have.property("code", "53100");
      expect(await count()).to.equal(written);
      await makeRoom();
      await insert();
      expect(await count()).to.equal(written + 100);
    } finally {
      await database.stop();
    }
  });

  it("says so when it starts, and starts once there is room again", async () => {
    await (await startDatabase(disk)).stop();
    const makeRoom = await fill(disk);
    const error = await expectCode(startDatabase(disk), "DISK_FULL");
    expect(error.message).to.equal("The disk that holds the backbone's database is full.");
    await makeRoom();
    const database = await startDatabase(disk);
    expect(await database.run((db) => db.select().from(nodes))).to.deep.equal([]);
    await database.stop();
    expect(await readdir(disk.path())).to.deep.equal(["backbone-db"]);
  });

  it("has the backbone answer 507 while it is full", async () => {
    const chain = createTestChain();
    const backbone = await startBackbone({ dataFolder: disk.path(), databaseUrl: null }, chain);
    try {
      /** Has another node sign in and announce itself, as far as it gets. */
      const ask = async () => {
        const who = newIdentity();
        chain.set(registrationFor(who.peerId));
        const signedIn = await backbone.authenticate(who);
        if (signedIn.status !== 200) return signedIn;
        return backbone.announce(await backbone.recordOf(who), signedIn.json.session_token);
      };
      expect((await ask()).status).to.equal(200);
      const makeRoom = await fill(disk);
      // The pages that are there take some more.
      const answer = await until(ask, ({ status }) => status !== 200);
      expect(answer.status).to.equal(507);
      expect(answer.json.error.code).to.equal("DISK_FULL");
      expect(answer.json.error.action).to.match(/^Free some space /);
      await makeRoom();
      expect((await ask()).status).to.equal(200);
    } finally {
      await backbone.backbone.stop();
    }
  });
});

async function startDatabase(disk: SmallDisk): Promise<Database> {
  const database = createDatabase({ url: null, dataFolder: disk.path() }, { log: silent });
  await database.start(AbortSignal.timeout(120_000));
  return database;
}

/** Takes all room but this; what it returns gives it back. */
async function fill(disk: SmallDisk, { leaveBytes = 0 } = {}): Promise<() => Promise<void>> {
  const { bavail, bsize } = statfsSync(disk.path());
  const filler = join(disk.path(), "filler");
  await writeFile(filler, Buffer.alloc(bavail * bsize - leaveBytes));
  return () => rm(filler);
}
