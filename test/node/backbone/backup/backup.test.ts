import { stat } from "node:fs/promises";
import { expect } from "chai";
import { checkBackup, readBackup, writeBackup } from "../../../../node/backbone/backup/index.ts";
import {
  createTestChain,
  databases,
  domain,
  newIdentity,
  registrationFor,
  startBackbone,
  type TestBackbone,
  type TestDatabase,
} from "../fixture.ts";
import { createDevice, followEvents, sessionOf } from "../pool/fixture.ts";
import { openFolder, restoreFrom } from "./fixture.ts";

const clock = { now: Date.now, advance: () => undefined };

for (const createSource of databases) {
  for (const createTarget of databases) {
    const [source, target]: TestDatabase[] = [createSource(), createTarget()];

    describe(`backbone/backup of ${source?.name}, restored into ${target?.name}`, function () {
      this.timeout(300_000);
      this.slow(30_000);
      const chain = createTestChain();
      const peer = newIdentity();
      let files: Awaited<ReturnType<typeof openFolder>>;
      const running: TestBackbone[] = [];

      before(async () => {
        chain.set(registrationFor(peer.peerId), true);
        files = await openFolder();
      });
      after(async () => {
        for (const { backbone } of running) await backbone.stop();
        await files?.remove();
        await source?.close();
        await target?.close();
      });

      async function start(database: TestDatabase | undefined, settings = database?.open()) {
        const opened = (await settings) ?? expect.fail();
        // The devices beat as fast as they can, which both limits must allow: the address's, and that of each device, which
        // is a multiple of what `heartbeatMs` asks of it.
        const pool = { devicesPerPeer: 64, heartbeatsPerMinute: 1_000_000, heartbeatMs: 10 };
        const started = await startBackbone({ ...opened, pool }, chain, clock);
        running.push(started);
        return started;
      }

      it("holds all that was there while devices went on, and a backbone on it goes on where the first one was", async () => {
        const first = await start(source);
        const session = await sessionOf(first, peer);
        const devices = Array.from({ length: 24 }, () => createDevice());
        for (const device of devices) expect((await device.register(first, session)).status).to.equal(200);

        let working = true;
        let beats = 0;
        const work = devices.slice(0, 12).map(async (device, index) => {
          while (working) {
            expect((await device.beat(first)).status).to.equal(200);
            beats++;
            // Others write as well: tokens change, and the audit log grows.
            if (index === 0) await sessionOf(first, peer);
          }
        });
        const file = files.freeName();
        const beatsBefore = beats;
        try {
          await writeBackup(file, first.backbone.backUp);
        } finally {
          working = false;
          await Promise.all(work);
        }
        expect(beats).to.be.greaterThan(beatsBefore);
        expect((await stat(file)).mode & 0o777).to.equal(0o600);
        await first.backbone.stop();

        const settings = (await target?.open()) ?? expect.fail();
        const checked = await checkBackup(readBackup(file), { network: domain });
        const { header, rows, sha256 } = await restoreFrom(file, settings);
        expect([rows, sha256]).to.deep.equal([checked.rows, checked.sha256]);
        expect(header?.tables.map(({ name }) => name))
          .to.include.members(["devices", "signing_keys", "audit_events", "admin_second_factors", "evidence"])
          .and.to.not.include.members(["challenges", "admin_sign_ins", "admin_sessions"]);

        const second = await start(target, Promise.resolve(settings));
        // Tokens of before, of nodes and of devices.
        expect((await second.announce(await second.recordOf(peer), session)).status).to.equal(200);
        for (const device of devices) expect((await device.beat(second)).status).to.equal(200);
        for (const device of devices) expect((await device.refresh(second)).status).to.equal(200);
        // New rows get numbers that no old one has.
        const events = await followEvents(second.url);
        const late = createDevice();
        expect((await late.register(second, session)).status).to.equal(200);
        expect(devices.map(({ number }) => number)).to.not.include(late.number);
        events.close();

        const { findings, size } = await second.backbone.verifyAudit(AbortSignal.timeout(60_000));
        expect(findings).to.deep.equal([]);
        expect(size).to.be.greaterThan(0);
      });
    });
  }
}
