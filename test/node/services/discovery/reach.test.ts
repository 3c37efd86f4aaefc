import { expect } from "chai";
import { createLookup, createReach } from "../../../../node/services/discovery/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";

const verify = verifyAt();

describe("services/discovery/reach", () => {
  const newNode = createMesh();

  /** Alice's way to others, where the backbone answers with whatever record of Bob it was given. */
  function createTestReach(alice: MeshNode, bob: MeshNode) {
    let asked = 0;
    const lookup = createLookup({
      self: alice.peerId,
      overlay: alice.overlay,
      backbone: {
        async lookup(peerId) {
          asked++;
          return peerId === bob.peerId ? bob.signed() : null;
        },
      },
      verifyRecord: verify,
      ownRecord: () => null,
    });
    return {
      reach: createReach({ self: alice.peerId, lookup, overlay: alice.overlay }),
      get asked() {
        return asked;
      },
    };
  }
  const stale = async (bob: MeshNode) =>
    verify(await recordOf(bob.identity, { addresses: ["/ip4/127.0.0.1/tcp/9"], nowMs: Date.now() - 60_000 }));

  it("does not go round to itself", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const way = createTestReach(alice, bob);
    await expectCode(way.reach(alice.peerId, soon()), "PEER_IS_SELF");
    expect(way.asked).to.equal(0);
  });

  it("looks a peer up and connects to it", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const { reach } = createTestReach(alice, bob);
    expect((await reach(bob.peerId, soon())).peerId).to.equal(bob.peerId);
  });

  it("uses the connection that is open, and asks nobody", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    await alice.overlay.connect(await bob.record(), soon());
    const test = createTestReach(alice, bob);
    await test.reach(bob.peerId, soon());
    expect(test.asked).to.equal(0);
  });

  it("takes a fresh record where the cached one leads nowhere", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    alice.overlay.cache.add(await stale(bob));
    const test = createTestReach(alice, bob);
    expect((await test.reach(bob.peerId, soon())).peerId).to.equal(bob.peerId);
    expect(test.asked).to.equal(1);
    expect(alice.overlay.cache.get(bob.peerId)?.addresses).to.deep.equal(bob.overlay.addresses());
  });

  it("takes the newest record where the first source to answer had one of earlier, which leads nowhere", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const old = (await stale(bob)).signed;
    let answers = 0;
    const test = createTestReach(alice, { ...bob, signed: async () => (answers++ === 0 ? old : bob.signed()) });
    expect((await test.reach(bob.peerId, soon())).peerId).to.equal(bob.peerId);
    expect(test.asked).to.equal(2);
    expect(alice.overlay.cache.get(bob.peerId)?.addresses).to.deep.equal(bob.overlay.addresses());
  });

  it("does not try a dead peer twice, and forgets its addresses", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const record = await bob.record();
    alice.overlay.cache.add(record);
    const test = createTestReach(alice, { ...bob, signed: async () => (await stale(bob)).signed });
    await bob.overlay.stop();
    await expectCode(test.reach(bob.peerId, soon()), "PEER_UNREACHABLE");
    expect(test.asked).to.equal(1);
    await expectCode(test.reach(identityOf(3).peerId, soon()), "PEER_NOT_FOUND");
  });
});
