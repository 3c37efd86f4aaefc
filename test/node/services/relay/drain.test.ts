import { expect } from "chai";
import type { Hex } from "viem";
import { soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { createRelayMesh, holds } from "./fixture.ts";

describe("services/relay/drain", function () {
  this.timeout(120_000);
  const { newNode, newRelay, newPrivate } = createRelayMesh();

  /** Two relays, a private node behind one of them, and what was so when it was announced anew. */
  async function newClient() {
    const [one, two] = [await newRelay(1), await newRelay(2)];
    const seen: { ids: Hex[]; stillHeld: number }[] = [];
    const client = await newPrivate(
      10,
      { europe: [one, two] },
      {
        wanted: 1,
        async announced() {
          const addresses = client.reservations.addresses();
          seen.push({ ids: client.reservations.ids(), stillHeld: first.server.reservationsHeld });
          client.node.overlay.announceMove(await client.node.signed({ addresses, sequence: Date.now() + 1, replaces }));
        },
      },
    );
    const [held = ""] = await until(client.reservations.ids, (ids) => ids.length === 1);
    const [first, second] = held === one.node.peerId ? [one, two] : [two, one];
    const record = await client.node.record({
      addresses: client.reservations.addresses(),
      relays: [first.node.peerId],
    });
    const replaces = { sequence: record.sequence, addresses: [...record.addresses] };
    return { ...client, number: [one, two].indexOf(first) + 1, first, second, record, seen };
  }

  it("stops once its client has another reservation, and has announced it", async () => {
    const { first, second, reservations, seen } = await newClient();
    await first.server.stop();
    expect(reservations.ids()).to.deep.equal([second.node.peerId]);
    expect(seen).to.deep.equal([{ ids: [second.node.peerId], stillHeld: 1 }]);
  });

  it("has those who came through it on the way through another relay before it stops", async () => {
    const { node, first, second, record } = await newClient();
    const visitor = await newNode(11, { listen: [] });
    visitor.overlay.cache.add(record);
    const before = await visitor.overlay.connect(record, soon());
    expect(before.relay).to.equal(first.node.peerId);
    let openWhenTold: (Hex | null | undefined)[] = [];
    before.retiring.addEventListener("abort", () => {
      openWhenTold = [visitor.overlay.connectionTo(node.peerId)?.relay, first.node.peerId];
    });
    await first.server.stop();
    expect(openWhenTold).to.deep.equal([second.node.peerId, first.node.peerId]);
    expect(before.libp2p.status).to.not.equal("open");
    const after = visitor.overlay.connectionTo(node.peerId);
    expect(after?.relay).to.equal(second.node.peerId);
    expect(await visitor.overlay.ping(after ?? before, soon())).to.be.at.least(0);
  });

  it("is kept to its end where there is no other relay, and taken again when it is back", async () => {
    const { number, first, second, reservations, state, seen } = await newClient();
    state.listed = { europe: [first] };
    await second.server.stop();
    await first.server.stop();
    expect(seen).to.deep.equal([]);
    expect(reservations.ids()).to.deep.equal([first.node.peerId]);
    await first.node.overlay.stop();
    await until(() => reservations.ids().length === 0);
    const back = await newRelay(number);
    state.listed = { europe: [back] };
    await holds(reservations, [back]);
  });

  it("gives nobody a reservation while it stops", async () => {
    const { first, reservations } = await newClient();
    const stopped = first.server.stop();
    const late = await newPrivate(12, { europe: [first] });
    await stopped;
    expect(late.reservations.ids()).to.deep.equal([]);
    expect(reservations.ids()).to.have.length(1);
    await until(() => late.state.reached.length > 1);
    expect(first.server.reservationsHeld).to.equal(0);
  });

  it("takes the word of a relay that it has no reservation with for nothing", async () => {
    const { first, second, reservations, node } = await newClient();
    await node.overlay.connect(await second.node.record(), soon());
    await second.server.stop();
    expect(reservations.ids()).to.deep.equal([first.node.peerId]);
    await holds(reservations, [first]);
  });
});
