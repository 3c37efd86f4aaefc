import { expect } from "chai";
import { whySchema } from "../../../../node/services/discovery/api.ts";
import { createExplainPath, createLookup, createReach } from "../../../../node/services/discovery/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, verifyAt } from "../../../harness/identities.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { newRelay, reserve } from "../../../harness/relayed-pair.ts";
import { until } from "../../../harness/until.ts";

const closed = "/ip4/127.0.0.1/tcp/9";

describe("services/discovery/why", () => {
  const newNode = createMesh();

  /** Asks as `node`, to whom the backbone names one other peer at these addresses. */
  function createWhy(node: MeshNode, other: MeshNode, addresses: () => string[]) {
    const { overlay, peerId: self } = node;
    const lookup = createLookup({
      self,
      overlay,
      backbone: {
        lookup: async (peerId) => (peerId === other.peerId ? other.signed({ addresses: addresses() }) : null),
      },
      verifyRecord: verifyAt(),
      ownRecord: () => null,
    });
    const reach = createReach({ self, lookup, overlay });
    const explain = createExplainPath({ reach, lookup, overlay, pricePerGiBWei: async () => 7n });
    return async (peerId = other.peerId) => whySchema.parse(await explain(peerId, soon()));
  }

  it("tells the rung in use, how fast it is and that it costs nothing", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const why = await createWhy(alice, bob, bob.overlay.addresses)();
    expect(why.path).to.include({ rung: "direct", relay: null, direction: "outbound", pricePerGiBWei: null });
    expect(why.path?.connectMs).to.be.greaterThan(0);
    expect(why.path?.roundTripMs).to.be.at.least(0);
    expect(why.reason).to.match(/best rung there is/);
    expect(why.portMapping).to.include({ protocol: null, externalHost: null, code: "MAPPING_OFF" });
    expect(why.rungs.map(({ rung, state, code }) => [rung, state, code])).to.deep.equal([
      ["direct", "in-use", null],
      ["punched", "not-applicable", "PUNCH_NO_UDP"],
      ["relayed", "not-applicable", "NO_RELAY"],
    ]);
  });

  it("tells the price of a relayed path, and why no better one is taken", async () => {
    const relay = await newRelay(newNode, 1);
    const hidden = await newNode(2, { listen: [] });
    const circuit = await reserve(hidden, relay);
    const addresses = [closed, circuit];
    const alice = await newNode(3, { listen: [] });
    const ask = createWhy(alice, hidden, () => addresses);
    const failed = await ask();
    expect(failed.path).to.include({ rung: "relayed", relay: relay.peerId, pricePerGiBWei: "7" });
    expect(failed.rungs[0]).to.include({ state: "failed", code: "ADDRESS_CLOSED" });
    expect(failed.rungs[0]?.attempts[0]?.address).to.include(closed);
    expect(failed.reason).to.include("direct failed");
    // A newer record names no address of its own.
    alice.overlay.cache.remove(hidden.peerId);
    addresses.shift();
    const [direct] = (await ask()).rungs;
    expect(direct).to.include({ state: "not-applicable", code: "NO_DIRECT_ADDRESS" });
  });

  it("tells of a peer that came by itself as far as it is known", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    await bob.overlay.connect(await alice.record(), soon());
    await until(() => alice.overlay.connectionTo(bob.peerId));
    const why = await createWhy(alice, bob, () => [closed])();
    expect(why.path).to.include({ rung: "direct", direction: "inbound", connectMs: null });
    expect(why.rungs[0]?.attempts).to.deep.equal([]);
  });

  it("answers for a peer that can't be reached, and fails for one that is not known", async () => {
    const [alice, bob] = [await newNode(1), await newNode(2)];
    const ask = createWhy(alice, bob, () => [closed]);
    const why = await ask();
    expect(why).to.include({ path: null, reason: "The peer is not reached: no rung led to it." });
    expect(why.rungs.map(({ state, code }) => [state, code])).to.deep.equal([
      ["failed", "ADDRESS_CLOSED"],
      ["not-applicable", "PUNCH_NO_UDP"],
      ["not-applicable", "NO_RELAY"],
    ]);
    await expectCode(ask(identityOf(3).peerId), "PEER_NOT_FOUND");
    await expectCode(ask(alice.peerId), "PEER_IS_SELF");
  });
});
