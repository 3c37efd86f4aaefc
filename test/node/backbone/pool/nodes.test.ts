import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { devices, createDatabase as openDatabase } from "../../../../node/backbone/database/index.ts";
import { poolRoutes } from "../../../../node/backbone/pool/api.ts";
import { listDevices } from "../../../../node/backbone/pool/device-list.ts";
import { expectError } from "../../../harness/expect-code.ts";
import { createClock, send, silent } from "../../api/fixture.ts";
import { createBrowser, startAdminBackbone, startTestIssuer } from "../admin/fixture.ts";
import { databases } from "../fixture.ts";
import { capabilities } from "./fixture.ts";

const cores = [2, 4.5, 2, 8, 0, 4.5];

for (const createDatabase of databases) {
  const testDatabase = createDatabase();

  describe(`backbone/pool/nodes on ${testDatabase.name}`, function () {
    this.timeout(180_000);
    after(() => testDatabase.close());

    it("are listed page by page, sorted either way and filtered, each once", async () => {
      const { dataFolder, databaseUrl } = await testDatabase.open();
      const database = openDatabase({ url: databaseUrl, dataFolder }, { log: silent });
      await database.start(AbortSignal.timeout(60_000));
      try {
        const rows = cores.map((offeredCores, n) => ({
          peerId: "0x00000000000000000000000000000000000000aa",
          deviceId: randomUUID(),
          region: n < 4 ? "europe" : "oceania",
          platform: "linux-x64",
          capabilities,
          registeredAtMs: n,
          lastSeenMs: 1_700_000_000_000 + n,
          online: n % 2 === 0,
          offeredCores,
        }));
        await database.run((db) => db.insert(devices).values(rows));
        const all = async (query: object) => {
          const found: number[] = [];
          for (let cursor: string | undefined; ; ) {
            const page = await listDevices(database, poolRoutes.nodes.input.parse({ limit: 2, cursor, ...query }));
            found.push(...page.nodes.map(({ registeredAtMs }) => registeredAtMs));
            if (page.next === null) return found;
            cursor = page.next;
          }
        };
        expect(await all({})).to.deep.equal([0, 1, 2, 3, 4, 5]);
        expect(await all({ sort: "lastSeenMs", order: "desc" })).to.deep.equal([5, 4, 3, 2, 1, 0]);
        expect(await all({ sort: "cores" })).to.deep.equal([4, 0, 2, 1, 5, 3]);
        expect(await all({ sort: "cores", order: "desc", limit: 1 })).to.deep.equal([3, 5, 1, 2, 0, 4]);
        expect(await all({ region: "europe", online: "true" })).to.deep.equal([0, 2]);
        for (const wrong of ["' OR 1=1 --", "%", "_"]) {
          expect(await all({ region: wrong })).to.deep.equal([]);
          expect(await all({ search: wrong })).to.deep.equal([]);
        }
        for (const part of ["0x00000000", "LINUX", " x64", capabilities.cpu.model.slice(1)]) {
          expect(await all({ search: part })).to.have.length(6);
        }
        expect(await all({ search: "0xff" })).to.deep.equal([]);
        const query = poolRoutes.nodes.input.parse({ limit: 1, region: "oceania" });
        const { nodes, matching } = await listDevices(database, query);
        expect(matching).to.equal(2);
        expect(await all({ search: String(nodes[0]?.node) })).to.deep.equal([4]);
      } finally {
        await database.stop();
      }
    });

    it("begin where the page before ended, whatever numbers that was", async () => {
      const { dataFolder, databaseUrl } = await testDatabase.open();
      const database = openDatabase({ url: databaseUrl, dataFolder }, { log: silent });
      await database.start(AbortSignal.timeout(60_000));
      try {
        const loads = [0, 1e-7, 5e-324, 0.1 + 0.2, 99.999_999_999_999_99, 100, 1e-7, 33];
        const rows = loads.map((loadPercent) => ({
          peerId: "0x00000000000000000000000000000000000000aa",
          deviceId: randomUUID(),
          region: "europe",
          platform: "linux-x64",
          capabilities,
          registeredAtMs: 0,
          lastSeenMs: 0,
          loadPercent,
          offeredMemoryBytes: Number.MAX_SAFE_INTEGER,
        }));
        await database.run((db) => db.insert(devices).values(rows));
        for (const sort of ["loadPercent", "memoryBytes", "cores", "node", "lastSeenMs"]) {
          for (const order of ["asc", "desc"]) {
            const found: number[] = [];
            let cursor: string | undefined;
            do {
              const query = poolRoutes.nodes.input.parse({ limit: 1, sort, order, cursor });
              const { nodes, next } = await listDevices(database, query);
              found.push(...nodes.map(({ loadPercent }) => loadPercent));
              cursor = next ?? undefined;
            } while (cursor !== undefined);
            expect(found, `${sort} ${order}`).to.have.members(loads);
          }
        }
      } finally {
        await database.stop();
      }
    });

    it("are shown to an admin with both factors, and to nobody else", async () => {
      const issuer = await startTestIssuer();
      const clock = createClock(Date.now());
      const { backbone, url } = await startAdminBackbone(await testDatabase.open(), issuer, clock);
      try {
        expect((await send(`${url}/v1/nodes`)).json.error.code).to.equal("ADMIN_SIGN_IN_REQUIRED");
        const browser = createBrowser(() => url);
        await browser.signIn("ada");
        expect((await browser.get("../nodes")).json.error.code).to.equal("SECOND_FACTOR_REQUIRED");
        await browser.enrol("ada", clock.now());
        expect((await browser.get("../nodes?sort=cores&order=desc")).json).to.deep.equal({
          nodes: [],
          matching: 0,
          next: null,
        });
        const whole = [
          "1.5_3",
          "e_1",
          "1e3_1",
          "1e-7_1",
          "-1_1",
          "_1",
          "1_",
          "1",
          "1_1_1",
          `${"9".repeat(16)}_1`,
          "NaN_1",
        ];
        const real = ["e_1", ".5_1", "1._1", "1e7_1", "-1_1", "Infinity_1", "1.5_1.5", "0x1_1", "1;--_1", "' OR 1=1_1"];
        for (const query of [
          ...["sort=family", "limit=201", "online=1"],
          ...["node", "lastSeenMs", "memoryBytes"].flatMap((sort) => whole.map((bad) => `sort=${sort}&cursor=${bad}`)),
          ...["cores", "loadPercent"].flatMap((sort) => real.map((bad) => `sort=${sort}&cursor=${bad}`)),
        ]) {
          expectError(await browser.get(`../nodes?${encodeURI(query)}`), 400, "BAD_REQUEST");
        }
      } finally {
        await backbone.stop();
        await issuer.stop();
      }
    });
  });
}
