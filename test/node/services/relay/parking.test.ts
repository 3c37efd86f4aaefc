import { expect } from "chai";
import { soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { createRelayMesh, holds, type Relay } from "./fixture.ts";

const parkAfterMs = 50;

describe("services/relay/parking", function () {
  this.timeout(120_000);
  const { newNode, newRelay, newPrivate } = createRelayMesh();

  const isParked = (relay: Relay, client: Awaited<ReturnType<typeof newPrivate>>) =>
    until(
      () =>
        relay.server.parked === 1 &&
        client.reservations.parked().includes(relay.node.peerId) &&
        relay.node.overlay.connectionTo(client.node.peerId) === undefined &&
        client.node.overlay.connectionTo(relay.node.peerId) === undefined,
    );

  /** A relay, a private node that waits at it, and the private node's record. */
  async function newParked(options: Parameters<typeof newPrivate>[2] = {}) {
    const relay = await newRelay(1);
    const client = await newPrivate(10, { europe: [relay] }, { wanted: 1, parkAfterMs, ...options });
    await isParked(relay, client);
    const addresses = client.reservations.addresses();
    const record = await client.node.record({ addresses, relays: client.reservations.ids() });
    return { relay, client, record };
  }

  it("gives up an idle connection and keeps the reservation, its relays and their addresses", async () => {
    const relay = await newRelay(1);
    const client = await newPrivate(10, { europe: [relay] }, { wanted: 1, parkAfterMs: 500 });
    await holds(client.reservations, [relay]);
    const before = client.reservations.addresses();
    await isParked(relay, client);
    expect(client.reservations.ids()).to.deep.equal([relay.node.peerId]);
    expect(client.reservations.addresses()).to.deep.equal(before);
    expect(relay.server.reservationsHeld).to.equal(1);
  });

  it("is reached while it is parked, by who asks for it at its relay, and parks again", async () => {
    const { relay, client, record } = await newParked();
    await client.node.overlay.lanes.handle("/test", async ({ duplex }) => void duplex.resume(), { maxInbound: 2 });
    const visitor = await newNode(11, { listen: [] });
    const connection = await visitor.overlay.connect(record, soon());
    expect(connection).to.include({ peerId: client.node.peerId, path: "relayed", relay: relay.node.peerId });
    expect(await visitor.overlay.ping(connection, soon())).to.be.at.least(0);
    const lane = await visitor.overlay.lanes.open(connection, "/test", soon());
    expect(lane.dedicated).to.equal(true);
    expect(relay.server.parked, "while it is used").to.equal(0);
    lane.duplex.destroy();
    await connection.libp2p.close();
    await isParked(relay, client);
    expect((await visitor.overlay.connect(record, soon())).path).to.equal("relayed");
  });
});
