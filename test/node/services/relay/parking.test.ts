import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { parkProtocol } from "../../../../node/core/overlay/index.ts";
import { ticketMark } from "../../../../node/core/overlay/lanes/data-port.ts";
import { soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { createClock } from "../../api/fixture.ts";
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
    const relays: [Relay, Relay] = [await newRelay(1), await newRelay(2)];
    const client = await newPrivate(10, { europe: relays }, { parkAfterMs: 500 });
    await holds(client.reservations, relays);
    const before = [client.reservations.ids(), client.reservations.addresses()];
    const seen: unknown[] = [];
    for (const source of [client.reservations, client.node.overlay]) {
      source.onChange(() => seen.push([client.reservations.ids(), client.reservations.addresses()]));
    }
    const [first, second] = relays[0].node.peerId === client.reservations.ids()[0] ? relays : relays.toReversed();
    await first?.node.overlay.handle("/test", async () => undefined, { maxInboundStreams: 1 });
    const connection = client.node.overlay.connectionTo(first?.node.peerId ?? "0x");
    const stream = await connection?.open("/test", soon());
    await isParked(second as Relay, client);
    expect(client.reservations.parked(), "the other one is used").to.deep.equal([second?.node.peerId]);
    stream?.abort(new Error("done"));
    await isParked(first as Relay, client);
    expect(seen).to.have.length.above(0);
    for (const held of seen) expect(held, "nothing of it is news to others").to.deep.equal(before);
    expect(relays.map(({ server }) => server.reservationsHeld)).to.deep.equal([1, 1]);
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

  it("is reached by the relay itself, and by a look at its connection once it is back", async () => {
    const { relay, client, record } = await newParked();
    const connection = await relay.node.overlay.connect(record, soon());
    expect(connection).to.include({ peerId: client.node.peerId, path: "direct", direction: "inbound" });
    const [attempt] = relay.node.overlay.attempts(client.node.peerId);
    expect(attempt).to.include({ rung: "direct", outcome: "opened" });
    expect(await relay.node.overlay.ping(connection, soon())).to.be.at.least(0);
  });

  it("comes when its relay stops, and moves to another one as it would over a connection", async () => {
    const { relay, client } = await newParked();
    const other = await newRelay(2);
    client.state.listed = { europe: [relay, other] };
    await relay.server.stop();
    expect(client.reservations.ids()).to.deep.equal([other.node.peerId]);
    await isParked(other, client);
  });

  it("takes another relay when the one it waits at has gone, and that one again when it is back", async () => {
    const { relay, client } = await newParked();
    const other = await newRelay(2);
    client.state.listed = { europe: [other] };
    await relay.node.overlay.stop();
    await isParked(other, client);
    client.state.listed = { europe: [await newRelay(1)] };
    await other.node.overlay.stop();
    await holds(client.reservations, client.state.listed.europe ?? []);
  });

  it("comes back where its socket has died, and parks again", async () => {
    const { relay, client, record } = await newParked();
    const dead = client.node.overlay.waiting.places.get(relay.node.peerId);
    client.node.overlay.waiting.drop(() => true);
    await until(() => client.node.overlay.waiting.places.get(relay.node.peerId) !== dead);
    expect(client.reservations.ids()).to.deep.equal([relay.node.peerId]);
    await isParked(relay, client);
    const visitor = await newNode(11, { listen: [] });
    expect((await visitor.overlay.connect(record, soon())).path).to.equal("relayed");
  });

  it("takes its reservation anew before it ends", async () => {
    let lateMs = 0;
    const { relay, client } = await newParked({ now: () => Date.now() + lateMs });
    // The relay gives two hours; what ends within minutes by the client's clock is not parked again.
    lateMs = 116 * 60_000;
    await until(() => client.node.overlay.connectionTo(relay.node.peerId) !== undefined);
    const connection = client.node.overlay.connectionTo(relay.node.peerId);
    await until(() => client.reservations.parked().length === 0);
    expect(client.node.overlay.circuit.hasReservation(connection?.libp2p.remotePeer as never)).to.equal(true);
    expect([relay.server.parked, relay.server.reservationsHeld]).to.deep.equal([0, 1]);
  });

  it("leaves its place for a connection that was opened for another reason", async () => {
    const { relay, client } = await newParked();
    const connection = await client.node.overlay.connect(await relay.node.record(), soon());
    await relay.node.overlay.handle("/test", async () => undefined, { maxInboundStreams: 1 });
    const stream = await connection.open("/test", soon());
    await until(() => client.reservations.parked().length === 0 && relay.server.parked === 0);
    expect(client.node.overlay.circuit.hasReservation(connection.libp2p.remotePeer)).to.equal(true);
    stream.abort(new Error("done"));
    await isParked(relay, client);
  });

  it("comes where a punch needs relays to ask where its UDP comes from", async () => {
    const { relay, client } = await newParked();
    const place = client.node.overlay.waiting.places.get(relay.node.peerId);
    const mapping = client.node.overlay.punch.mapping();
    expect(await place?.ended).to.equal("recalled");
    await mapping;
  });

  it("keeps its connection to a relay that does not know parking", async () => {
    const relay = await newRelay(1);
    let asked = 0;
    await relay.node.overlay.unhandle(parkProtocol);
    const client = await newPrivate(10, { europe: [relay] }, { wanted: 1, parkAfterMs });
    const unknown = client.node.overlay.waiting.park;
    client.node.overlay.waiting.park = (...given) => {
      asked++;
      return unknown(...given);
    };
    await until(() => asked > 1);
    expect(relay.server.parked).to.equal(0);
    expect(client.reservations.ids()).to.deep.equal([relay.node.peerId]);
    expect(client.node.overlay.connectionTo(relay.node.peerId)?.libp2p.status).to.equal("open");
  });

  it("waits longer before it parks again where it was woken soon", async () => {
    const clock = createClock();
    let looks = 0;
    const now = () => {
      looks++;
      return clock.now();
    };
    const relay = await newRelay(1);
    const client = await newPrivate(10, { europe: [relay] }, { wanted: 1, parkAfterMs, now });
    await holds(client.reservations, [relay]);
    const lookedAgain = async () => {
      const before = looks;
      await until(() => looks > before + 20);
    };
    await lookedAgain();
    expect(client.reservations.parked(), "it is not idle for long enough").to.deep.equal([]);
    clock.advance(parkAfterMs);
    await isParked(relay, client);
    await relay.node.overlay.parked.wake(client.node.peerId, soon());
    await until(() => client.reservations.parked().length === 0);
    await lookedAgain();
    clock.advance(parkAfterMs);
    await lookedAgain();
    expect(client.reservations.parked()).to.deep.equal([]);
    clock.advance(parkAfterMs);
    await isParked(relay, client);
  });

  it("closes the socket of a stranger that shows a ticket which nobody gave it", async () => {
    const { relay } = await newParked();
    const stranger = connect({ port: relay.node.overlay.dataPort ?? 0, host: "127.0.0.1" });
    stranger.on("error", () => undefined);
    stranger.write(Buffer.concat([Buffer.of(ticketMark), Buffer.alloc(32, 7)]));
    await once(stranger.resume(), "close");
    expect(relay.server.parked).to.equal(1);
  });
});
