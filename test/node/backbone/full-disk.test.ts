import { statfsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { sql } from "drizzle-orm";
import { createDatabase } from "../../../node/backbone/database/index.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { shadowmesh } from "../../harness/command.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { domain } from "../../harness/identities.ts";
import { mountSmallDisk } from "../../harness/small-disk.ts";
import { silent } from "../api/fixture.ts";

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

describe("backbone/database on a disk that fills up", function () {
  this.timeout(600_000);
  this.slow(30_000);
  const disk = mountSmallDisk({ kilobytes: 96 * 1024 });

  it("says so to who writes, still answers who reads, and goes on once there is room again", async () => {
    const database = createDatabase({ url: null, dataFolder: disk.path() }, { log: silent });
    await database.start(AbortSignal.timeout(120_000));
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
      const { bavail, bsize } = statfsSync(disk.path());
      const roomBytes = 100 * 1024;
      await writeFile(join(disk.path(), "filler"), Buffer.alloc(bavail * bsize - roomBytes));
      let written = 100;
      const fill = async () => {
        for (;;) {
          await insert();
          written += 100;
        }
      };
      const error = await expectCode(fill(), "DISK_FULL");
      expect(error.status).to.equal(507);
      expect(error.cause).to.have.property("code", "53100");
      expect(await count()).to.equal(written);
      await rm(join(disk.path(), "filler"));
      await insert();
      expect(await count()).to.equal(written + 100);
    } finally {
      await database.stop();
    }
  });
});
