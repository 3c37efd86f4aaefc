import { once } from "node:events";
import { expect } from "chai";
import type { Hex } from "viem";
import type { HopPolicy } from "../../../../../node/core/overlay/index.ts";
import { createThroughput } from "../../../../../node/services/throughput/index.ts";
import { expectCode } from "../../../../harness/expect-code.ts";
import { createMesh, type MeshNode, soon } from "../../../../harness/mesh.ts";
import { createRandom } from "../../../../harness/random.ts";
import { until } from "../../../../harness/until.ts";

const MiB = 2 ** 20;

describe("core/overlay/onion", function () {
  this.timeout(120_000);
  const newNode = createMesh();

  /** A relay that serves hops, and what it learned: whom it served, who came next, what it counted. */
  async function newRelay(n: number, rules: Partial<HopPolicy> = {}) {
    const node = await newNode(n);
    const seen = { asked: new Set<Hex>(), metered: new Map<Hex, number>() };
    node.overlay.serveHops({
      async mayPass(peerId) {
        seen.asked.add(peerId);
        return true;
      },
      settle: async () => true,
      meter(client, bytes) {
        seen.metered.set(client, (seen.metered.get(client) ?? 0) + bytes);
        return undefined;
      },
      ...rules,
    });
    return { ...node, seen };
  }

  /** Two ends, and what moves bytes between them and hashes them at the far end. */
  async function newEnds() {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    await createThroughput({ overlay: bob.overlay, reach: never, onionReach: never }).start(soon());
    const through = (...relays: MeshNode[]) =>
      createThroughput({
        overlay: alice.overlay,
        reach: never,
        async onionReach(_, __, signal) {
          const records = await Promise.all(relays.map((relay) => relay.record()));
          const connection = await alice.overlay.connectThrough(records, await bob.record(), signal);
          return { connection, relays: relays.map(({ peerId }) => peerId) };
        },
      });
    return { alice, bob, through };
  }
  const never = () => Promise.reject(new Error("there is no other way"));
  const peersOf = ({ overlay }: MeshNode) => [...new Set(overlay.connections().map(({ peerId }) => peerId))];

  for (const hops of [1, 2, 3]) {
    it(`moves bytes through ${hops} ${hops === 1 ? "relay" : "relays"} unharmed, each of which knows its neighbours alone`, async () => {
      const { alice, bob, through } = await newEnds();
      const relays = await Promise.all(Array.from({ length: hops }, (_, index) => newRelay(10 + index)));
      const moved = await through(...relays).measure(bob.peerId, { bytes: 4 * MiB, hops }, soon());
      expect(moved).to.include({ path: "onion", bytes: 4 * MiB, dedicated: false });
      expect(moved.relays).to.deep.equal(relays.map(({ peerId }) => peerId));
      const chain = [alice, ...relays, bob];
      for (const [index, relay] of relays.entries()) {
        const [before, after] = [chain[index]?.peerId, chain[index + 2]?.peerId];
        expect([...relay.seen.asked].sort()).to.deep.equal([before, after].sort());
        expect(peersOf(relay).sort()).to.deep.equal([before, after].sort());
        // Each is paid for those behind it too, which it pays in turn.
        expect([...relay.seen.metered.keys()]).to.deep.equal([before]);
        expect(relay.seen.metered.get(before as Hex)).to.be.within(
          4 * MiB * (hops - index),
          4.4 * MiB * (hops - index),
        );
      }
      expect(peersOf(alice)).to.deep.equal([relays[0]?.peerId]);
      expect(peersOf(bob)).to.deep.equal([relays.at(-1)?.peerId]);
      // What the payer counts is what the first relay does.
      const [first] = relays;
      const owed = alice.overlay.traffic.bytesThrough(first?.peerId as Hex);
      expect(owed).to.be.within(4 * MiB * hops, 1.02 * (first?.seen.metered.get(alice.peerId) ?? 0));
    });
  }

  it("ends on every hop when its user ends it", async () => {
    const { alice, bob } = await newEnds();
    const relays = [await newRelay(10), await newRelay(11)];
    const records = await Promise.all(relays.map((relay) => relay.record()));
    const connection = await alice.overlay.connectThrough(records, await bob.record(), soon());
    expect(await alice.overlay.ping(connection, soon())).to.be.above(0);
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
    const during = sockets();
    await connection.libp2p.close();
    // Three lanes, each a socket at both of its ends.
    await until(sockets, (count) => count <= during - 6);
  });

  it("gets back to a peer through paths that others hold to it, and to nobody by mistake", async () => {
    const { alice, bob } = await newEnds();
    const relay = await newRelay(10);
    const connection = await alice.overlay.connectThrough([await relay.record()], await bob.record(), soon());
    expect(alice.overlay.connectionTo(bob.peerId)).to.equal(undefined);
    expect(bob.overlay.connectionTo(alice.peerId)).to.equal(undefined);
    await connection.libp2p.close();
  });

  it("is refused by a node that serves no hops, or not to strangers, or not to a stranger's node", async () => {
    const { alice, bob } = await newEnds();
    const target = await bob.record();
    const through = async (relay: MeshNode) => alice.overlay.connectThrough([await relay.record()], target, soon());
    await expectCode(through(await newNode(20)), "HOP_REFUSED");
    await expectCode(through(await newRelay(21, { mayPass: async () => false })), "HOP_REFUSED");
    await expectCode(through(await newRelay(22, { mayPass: async (peer) => peer === alice.peerId })), "HOP_REFUSED");
    await expectCode(through(await newRelay(23, { settle: async () => false })), "PAYMENT_REQUIRED");
    await expectCode(alice.overlay.connectThrough([], target, soon()), "TOO_FEW_RELAYS");
  });

  it("says that the next one is not reached, and which relay said so", async () => {
    const { alice, bob } = await newEnds();
    const [first, second] = [await newRelay(10), await newRelay(11)];
    const records = [await first.record(), await second.record()];
    await second.overlay.stop();
    const failed = await alice.overlay.connectThrough(records, await bob.record(), soon()).catch((error) => error);
    expect(failed).to.include({ code: "HOP_REFUSED" });
    expect(failed.details).to.include({ relay: first.peerId, next: second.peerId, reason: "NEXT_UNREACHABLE" });
  });

  it("finds out a relay that leads elsewhere", async () => {
    const { alice, bob } = await newEnds();
    const [honest, other] = [await newRelay(10), await newRelay(11)];
    // It has the other's record for bob's: what bob would have to sign, the other can't.
    const wrong = { ...(await bob.record()), signed: (await other.record()).signed };
    await expectCode(alice.overlay.connectThrough([await honest.record()], wrong, soon()), "PEER_UNREACHABLE");
  });

  it("keeps to its protocol whatever comes in, and serves others meanwhile", async () => {
    const { bob, through } = await newEnds();
    const [relay, stranger] = [await newRelay(10), await newNode(30)];
    const connection = await stranger.overlay.connect(await relay.record(), soon());
    for (let seed = 0; seed < 24; seed++) {
      const lane = await stranger.overlay.lanes.open(connection, "/shadowmesh/onion/1.0.0", soon());
      const bytes = createRandom(seed + 1).bytes(1 + seed * 40);
      if (seed % 3 > 0) bytes[0] = seed % 3;
      lane.duplex.on("error", () => undefined);
      lane.duplex.end(bytes);
      lane.duplex.resume();
      await once(lane.duplex, "close");
    }
    expect((await through(relay).measure(bob.peerId, { bytes: MiB, hops: 1 }, soon())).bytes).to.equal(MiB);
  });
});
