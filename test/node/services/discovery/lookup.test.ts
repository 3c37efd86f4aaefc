import { expect } from "chai";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { overlayErrors, type RecordDht, type View } from "../../../../node/core/overlay/index.ts";
import { createPeerCache } from "../../../../node/core/overlay/peer-cache/index.ts";
import type { NodeRecord, SignedRecord } from "../../../../node/core/records/index.ts";
import { createLookup } from "../../../../node/services/discovery/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { soon } from "../../../harness/mesh.ts";

const self = identityOf(1);
const wanted = identityOf(2);
const verify = verifyAt();

type Source<T> = (peerId: Hex, signal: AbortSignal) => Promise<T>;

interface Sources {
  regional?: Source<NodeRecord | null>;
  global?: Source<NodeRecord | null>;
  backbone?: Source<SignedRecord | null>;
}

/** A look-up over a real cache, and sources that answer as the test says. */
function createTestLookup(sources: Sources = {}) {
  const cache = createPeerCache(self.peerId, Date.now);
  const asked: string[] = [];
  const heardOut: (boolean | undefined)[] = [];
  let own: NodeRecord | null = null;
  const dht = (view: View): RecordDht => ({
    servers: 1,
    copies: 1,
    put: async () => 0,
    get(peerId, signal, options) {
      asked.push(view);
      heardOut.push(options?.newest);
      return sources[view]?.(peerId, signal) ?? Promise.resolve(null);
    },
  });
  const lookup = createLookup({
    self: self.peerId,
    overlay: {
      cache,
      records: { regional: dht("regional"), global: dht("global") },
    },
    backbone: {
      lookup(peerId, signal) {
        asked.push("backbone");
        return sources.backbone?.(peerId, signal) ?? Promise.resolve(null);
      },
    },
    verifyRecord: verify,
    ownRecord: () => own,
  });
  return { lookup, cache, asked, heardOut, setOwn: (record: NodeRecord) => (own = record) };
}

/** Answers nothing until the look-up no longer cares; remembers that it was told so. */
function never(told: string[] = []): Source<never> {
  return (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        told.push("aborted");
        reject(signal.reason);
      });
    });
}

describe("services/discovery/lookup", () => {
  let signed: SignedRecord;
  let record: NodeRecord;
  before(async () => {
    signed = await recordOf(wanted, { addresses: ["/ip4/192.0.2.1/tcp/4100"] });
    record = await verify(signed);
  });

  it("knows itself without asking anybody", async () => {
    const { lookup, asked, setOwn } = createTestLookup();
    setOwn(await verify(await recordOf(self)));
    expect((await lookup(self.peerId, soon())).source).to.equal("self");
    expect(asked).to.deep.equal([]);
  });

  it("asks nobody for what is in the cache", async () => {
    const { lookup, cache, asked } = createTestLookup();
    cache.add(record);
    const found = await lookup(wanted.peerId, soon());
    expect(found).to.include({ record, source: "cache" });
    expect(found.elapsedMs).to.be.within(0, 1_000);
    expect(asked).to.deep.equal([]);
  });

  it("passes the cache over for a fresh record", async () => {
    const { lookup, cache, asked, heardOut } = createTestLookup({ backbone: async () => signed });
    cache.add(record);
    expect((await lookup(wanted.peerId, soon(), { fresh: true })).source).to.equal("backbone");
    expect(asked).to.have.members(["regional", "global", "backbone"]);
    // All servers of a view, too: one of them may replay.
    expect(heardOut).to.deep.equal([true, true]);
  });

  it("hears all sources out for a fresh record and takes the newest, whichever answers first", async () => {
    const older = await verify(await recordOf(wanted, { sequence: record.sequence - 1 }));
    const replaying = createTestLookup({ regional: async () => older, backbone: async () => signed });
    const found = await replaying.lookup(wanted.peerId, soon(), { fresh: true });
    expect(found.record.sequence).to.equal(record.sequence);
    expect(found.source).to.equal("backbone");
    const withholding = createTestLookup({ global: async () => record });
    expect((await withholding.lookup(wanted.peerId, soon(), { fresh: true })).source).to.equal("global-dht");
  });

  it("troubles no DHT where the backbone answers", async () => {
    const { lookup, asked } = createTestLookup({ global: async () => record, backbone: async () => signed });
    expect((await lookup(wanted.peerId, soon())).source).to.equal("backbone");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).to.deep.equal(["backbone"]);
  });

  it("asks both DHTs once the backbone takes long, takes whichever is first, and calls the others off", async () => {
    const answers = { regional: async () => record, global: async () => record };
    const silent = (told: string[]) => ({ regional: never(told), global: never(told), backbone: never(told) });
    const sources = { regional: "regional-dht", global: "global-dht" } as const;
    for (const first of ["regional", "global"] as const) {
      const told: string[] = [];
      const { lookup, heardOut } = createTestLookup({ ...silent(told), [first]: answers[first] });
      expect((await lookup(wanted.peerId, soon())).source).to.equal(sources[first]);
      expect(told).to.deep.equal(["aborted", "aborted"]);
      expect(heardOut).to.deep.equal([false, false]);
    }
  });

  it("takes a late answer of the backbone where the DHTs have none yet", async () => {
    const late = () => new Promise<SignedRecord>((resolve) => setTimeout(() => resolve(signed), 100));
    const { lookup, asked } = createTestLookup({ regional: never(), global: never(), backbone: late });
    expect((await lookup(wanted.peerId, soon())).source).to.equal("backbone");
    expect(asked).to.have.members(["backbone", "regional", "global"]);
  });

  it("keeps what it found for the next time", async () => {
    const { lookup, cache } = createTestLookup({ backbone: async () => signed });
    await lookup(wanted.peerId, soon());
    expect(cache.get(wanted.peerId)?.signed).to.deep.equal(signed);
    expect((await lookup(wanted.peerId, soon())).source).to.equal("cache");
  });

  it("waits for the slower source where the faster knows nothing or fails", async () => {
    const slow = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return record;
    };
    const empty = createTestLookup({ global: slow, backbone: async () => null });
    expect((await empty.lookup(wanted.peerId, soon())).source).to.equal("global-dht");
    const failing = createTestLookup({ global: slow, backbone: () => Promise.reject(new Error("away")) });
    expect((await failing.lookup(wanted.peerId, soon())).source).to.equal("global-dht");
  });

  it("ignores a backbone that lies: a forged record, another node's, or one that ran out", async () => {
    const lies = [
      { ...signed, content: signed.content.replace("192.0.2.1", "192.0.2.66") },
      await recordOf(identityOf(66)),
      await recordOf(wanted, { nowMs: Date.now() - 2 * 3_600_000 }),
    ];
    for (const lie of lies) {
      const { lookup, cache } = createTestLookup({ backbone: async () => lie });
      await expectCode(lookup(wanted.peerId, soon()), "PEER_NOT_FOUND");
      expect(cache.size).to.equal(0);
      const honestDht = createTestLookup({ backbone: async () => lie, global: async () => record });
      expect((await honestDht.lookup(wanted.peerId, soon())).record).to.equal(record);
    }
  });

  it("says which peer was not found, and why not", async () => {
    const { lookup } = createTestLookup({ backbone: () => Promise.reject(new Error("away")) });
    const error = await expectCode(lookup(wanted.peerId, soon()), "PEER_NOT_FOUND");
    expect(error.details).to.deep.equal({ peerId: wanted.peerId, dht: undefined, backbone: "away" });
    expect(error.cause).to.be.instanceOf(AggregateError);
  });

  it("does not call a peer unknown where nobody could be asked, and says what is wrong with each", async () => {
    const { lookup } = createTestLookup({
      global: () => Promise.reject(new ShadowMeshError(overlayErrors.DHT_UNREACHABLE)),
      backbone: () => Promise.reject(new Error("away")),
    });
    const error = await expectCode(lookup(wanted.peerId, soon()), "LOOKUP_UNAVAILABLE");
    const dht = "No DHT server could be asked.";
    expect(error.details).to.deep.equal({ peerId: wanted.peerId, dht, backbone: "away" });
  });

  it("does not call a peer unknown where its region alone could be asked: it may stand in another one", async () => {
    const away = () => Promise.reject(new Error("away"));
    const { lookup } = createTestLookup({ regional: async () => null, global: away, backbone: away });
    await expectCode(lookup(wanted.peerId, soon()), "LOOKUP_UNAVAILABLE");
  });

  it("says of itself that it has not announced itself yet, without asking anybody", async () => {
    const { lookup, asked } = createTestLookup();
    await expectCode(lookup(self.peerId, soon()), "NOT_ANNOUNCED");
    expect(asked).to.deep.equal([]);
  });

  it("ends when it is told to, though no source answers", async () => {
    const { lookup } = createTestLookup({ regional: never(), global: never(), backbone: never() });
    await expectCode(lookup(wanted.peerId, AbortSignal.timeout(20)), "LOOKUP_UNAVAILABLE");
  });
});
