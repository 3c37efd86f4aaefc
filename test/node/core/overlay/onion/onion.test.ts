import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { expect } from "chai";
import type { Hex } from "viem";
import { createIdentity } from "../../../../../node/core/identity/index.ts";
import type { HopPolicy } from "../../../../../node/core/overlay/index.ts";
import {
  type Extend,
  extendedSchema,
  onionAlpn,
  onionProtocol,
  readMessage,
  writeMessage,
} from "../../../../../node/core/overlay/onion/protocol.ts";
import { credentialsOf, secureSocket } from "../../../../../node/core/overlay/pq-tls/index.ts";
import type { NodeRecord } from "../../../../../node/core/records/index.ts";
import { maxHops } from "../../../../../node/core/schema.ts";
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

  /** Each relay counts as much for the next one as that bills it for. */
  function expectAgreed(relays: readonly Awaited<ReturnType<typeof newRelay>>[]) {
    for (const [index, relay] of relays.entries()) {
      const next = relays[index + 1];
      const billed = next?.seen.metered.get(relay.peerId) ?? 0;
      if (next !== undefined) expect(relay.overlay.traffic.bytesThrough(next.peerId)).to.be.at.least(billed);
    }
  }

  /** Makes a path as a client could that says what it likes. Gives the layers that it got, and the last one's answer. */
  async function openPath(client: MeshNode, told: number, path: readonly MeshNode[]) {
    const first = await client.overlay.connect((await path[0]?.record()) as NodeRecord, soon());
    let { duplex } = await client.overlay.lanes.open(first, onionProtocol, soon());
    const lane = duplex;
    let layers = 0;
    try {
      duplex.write(Buffer.of(told));
      for (const next of path.slice(1)) {
        const credentials = await credentialsOf(createIdentity(randomBytes(32)));
        const options = { isServer: false, credentials, protocols: [onionAlpn], signal: soon() };
        duplex = (await secureSocket(duplex, options)).socket;
        layers++;
        writeMessage(duplex, { next: await next.signed(), isEnd: false, hops: maxHops } as Extend);
        expect(await readMessage(duplex, extendedSchema, soon())).to.deep.equal({ extended: true });
      }
      return layers;
    } catch {
      return layers;
    } finally {
      lane.destroy();
    }
  }

  it("has relays agree on what the path has left, whatever its client says", async () => {
    const { alice, bob } = await newEnds();
    const relays = [await newRelay(10), await newRelay(11), await newRelay(12)];
    const layersOf = (told: number) => openPath(alice, told, [...relays, bob]);
    // What the first relay is not told of, it does not lead to.
    expect([await layersOf(0), await layersOf(1), await layersOf(2)]).to.deep.equal([0, 1, 2]);
    expect([await layersOf(3), await layersOf(4), await layersOf(5)]).to.deep.equal([3, 3, 0]);
    const [first, second] = relays;
    expect(first?.overlay.traffic.bytesThrough(second?.peerId as Hex)).to.be.greaterThan(0);
    expectAgreed(relays);
  });

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
      expectAgreed(relays);
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
      const lane = await stranger.overlay.lanes.open(connection, onionProtocol, soon());
      const bytes = createRandom(seed + 1).bytes(1 + seed * 40);
      if (seed % 3 > 0) bytes[0] = (seed % 3) - 1;
      lane.duplex.on("error", () => undefined);
      lane.duplex.end(bytes);
      lane.duplex.resume();
      await once(lane.duplex, "close");
    }
    expect((await through(relay).measure(bob.peerId, { bytes: MiB, hops: 1 }, soon())).bytes).to.equal(MiB);
  });
});
