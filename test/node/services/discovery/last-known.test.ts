import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Hex } from "viem";
import { createPeerCache } from "../../../../node/core/overlay/peer-cache/index.ts";
import { recordLifetimeMs, verifyRecord } from "../../../../node/core/records/index.ts";
import { createBootstrap, createLastKnown, createLookup } from "../../../../node/services/discovery/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { domain, identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { createMesh, soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

const dayMs = 24 * 3_600_000;
const self = identityOf(1);

describe("services/discovery/last-known", function () {
  this.timeout(60_000);
  const newFolder = temporaryFolders();
  const newNode = createMesh();

  /** A node's memory over a real cache and file, at a time of the test's. */
  function memory(folder: string, options: { nowMs: number; regions?: Record<Hex, string> }) {
    const now = () => options.nowMs;
    const cache = createPeerCache(self.peerId, now);
    const lastKnown = createLastKnown({
      folder,
      cache,
      verifyRecordAt: (signed, nowMs) => verifyRecord(signed, { domain, nowMs }),
      regionOf: async (peerId) => options.regions?.[peerId] ?? null,
      ownRegion: () => "europe",
      now,
      log: silent,
    });
    return { cache, lastKnown };
  }

  /** Meets peers at a time, and stops. */
  async function meet(folder: string, nowMs: number, peers: Record<number, string>) {
    const regions = Object.fromEntries(
      Object.entries(peers).map(([n, region]) => [identityOf(Number(n)).peerId, region]),
    );
    const { cache, lastKnown } = memory(folder, { nowMs, regions });
    await lastKnown.start(soon());
    for (const n of Object.keys(peers)) {
      const signed = await recordOf(identityOf(Number(n)), {
        nowMs,
        addresses: [`/ip4/127.0.0.1/tcp/${4000 + Number(n)}`],
      });
      cache.add(await verifyAt(() => nowMs)(signed));
    }
    await lastKnown.stop();
  }

  const knownAt = async (folder: string, nowMs: number) => {
    const { lastKnown } = memory(folder, { nowMs });
    await lastKnown.start(soon());
    const found = [2, 3].filter((n) => lastKnown.get(identityOf(n).peerId) !== undefined);
    await lastKnown.stop();
    return found;
  };

  it("remembers peers of its region for 30 days and others for two months, though their records have run out", async () => {
    const metAtMs = Date.now();
    for (const [days, known] of [
      [1, [2, 3]],
      [29, [2, 3]],
      [31, [3]],
      [59, [3]],
      [61, []],
    ] as const) {
      const folder = await newFolder();
      await meet(folder, metAtMs, { 2: "europe", 3: "oceania" });
      expect(await knownAt(folder, metAtMs + days * dayMs), `${days} days`).to.deep.equal(known);
    }
  });

  it("has the newest record of each, the last seen first, for its owner alone", async () => {
    const folder = await newFolder();
    const metAtMs = Date.now();
    await meet(folder, metAtMs, { 2: "europe", 3: "europe" });
    await meet(folder, metAtMs + recordLifetimeMs, { 2: "europe" });
    const { lastKnown } = memory(folder, { nowMs: metAtMs + dayMs });
    await lastKnown.start(soon());
    const [first, second] = lastKnown.newest(8);
    expect(first).to.include({ peerId: identityOf(2).peerId, sequence: metAtMs + recordLifetimeMs });
    expect(second?.peerId).to.equal(identityOf(3).peerId);
    expect(lastKnown.newest(1)).to.have.length(1);
    await lastKnown.stop();
    expect((await stat(join(folder, "last-known.json"))).mode & 0o777).to.equal(0o600);
  });

  it("takes nothing from a file that is damaged, or whose records others wrote", async () => {
    const folder = await newFolder();
    const path = join(folder, "last-known.json");
    const metAtMs = Date.now();
    await meet(folder, metAtMs, { 2: "europe" });
    const good = await readFile(path, "utf8");
    const forged = good.replaceAll("/tcp/4002", "/tcp/4666");
    expect(forged).to.not.equal(good);
    for (const content of ["", "{", "[1]", good.slice(0, -9), forged]) {
      await writeFile(path, content);
      expect(await knownAt(folder, metAtMs + 1), content.slice(0, 20)).to.deep.equal([]);
    }
  });

  it("is what a look-up falls back on where nobody can be asked, and not where somebody says no", async () => {
    const folder = await newFolder();
    const nowMs = Date.now();
    await meet(folder, nowMs, { 2: "europe" });
    const { cache, lastKnown } = memory(folder, { nowMs: nowMs + dayMs });
    await lastKnown.start(soon());
    const away = () => Promise.reject(new Error("away"));
    const recordDht = (get: () => Promise<null>) => ({ servers: 1, copies: 1, put: async () => 0, get });
    const lookup = (dht: () => Promise<null>) =>
      createLookup({
        self: self.peerId,
        overlay: { cache, records: { regional: recordDht(dht), global: recordDht(dht) } },
        backbone: { lookup: away },
        verifyRecord: verifyAt(),
        ownRecord: () => null,
        lastKnown,
      });
    const found = await lookup(away)(identityOf(2).peerId, soon());
    expect(found.source).to.equal("last-known");
    expect(found.record.addresses).to.deep.equal(["/ip4/127.0.0.1/tcp/4002"]);
    await expectCode(lookup(away)(identityOf(2).peerId, soon(), { fresh: true }), "LOOKUP_UNAVAILABLE");
    await expectCode(lookup(async () => null)(identityOf(2).peerId, soon()), "PEER_NOT_FOUND");
    await lastKnown.stop();
  });

  it("brings a node that is alone back into the mesh, past peers that have gone", async () => {
    const [own, friend] = [await newNode(1), await newNode(2)];
    const gone = await Promise.all(
      [3, 4, 5, 6, 7].map(async (n) =>
        verifyAt()(await recordOf(identityOf(n), { addresses: ["/ip4/127.0.0.1/tcp/9"] })),
      ),
    );
    const newest = [...gone, await friend.record()];
    const bootstrap = createBootstrap({
      overlay: own.overlay,
      lastKnown: { newest: () => newest },
      log: silent,
      patience: { minMs: 20, maxMs: 100 },
    });
    await bootstrap.start(soon());
    await until(() => own.overlay.connectionTo(friend.peerId));
    await friend.overlay.stop();
    await until(() => own.overlay.connections().length === 0);
    await bootstrap.stop();
  });
});
