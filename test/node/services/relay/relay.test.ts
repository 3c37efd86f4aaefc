import { expect } from "chai";
import type { Hex } from "viem";
import { unregistered } from "../../../../node/core/vocabulary.ts";
import { createRelayServer } from "../../../../node/services/relay/index.ts";
import { identityOf } from "../../../harness/identities.ts";
import { createTestMembership, registrationFor } from "../../../harness/membership.ts";
import { soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";
import { config, createRelayMesh, holds, idsOf } from "./fixture.ts";

describe("services/relay", () => {
  const { newNode, newRelay, newPrivate } = createRelayMesh();

  it("keeps a private node's reservations with two public nodes of the contract's list", async () => {
    const relays = [await newRelay(1), await newRelay(2), await newRelay(3)];
    const { reservations, node } = await newPrivate(10, { europe: relays });
    await until(() => reservations.ids().length === 2);
    expect(idsOf(relays)).to.include.members(reservations.ids());
    expect(reservations.addresses()).to.have.length(2);
    for (const address of reservations.addresses())
      expect(address).to.match(/^\/ip4\/127.*\/p2p\/16Uiu2.*\/p2p-circuit$/);
    const stranger = await newNode(11);
    const record = await node.record({ addresses: reservations.addresses(), relays: reservations.ids() });
    expect((await stranger.overlay.connect(record, soon())).path).to.equal("relayed");
  });

  it("prefers relays of its own region, and takes others where there are too few", async () => {
    const [near, far, farther] = [await newRelay(1), await newRelay(2), await newRelay(3)];
    const { state, reservations } = await newPrivate(10, { oceania: [far], europe: [near], africa: [farther] });
    await until(() => reservations.ids().length === 2);
    expect(reservations.ids()).to.include(near.node.peerId);
    expect(state.reached[0]).to.equal(near.node.peerId);
  });

  it("takes a relay that it avoids only where there are too few others", async () => {
    const [liar, honest, other] = [await newRelay(1), await newRelay(2), await newRelay(3)];
    const avoids = (peerId: Hex) => peerId === liar.node.peerId;
    const { reservations } = await newPrivate(10, { europe: [liar, honest, other] }, { avoids });
    await holds(reservations, [honest, other]);
    const alone = await newPrivate(11, { europe: [liar, honest] }, { avoids });
    await holds(alone.reservations, [liar, honest]);
  });

  it("replaces a relay that goes away, and works with one where there is no other", async () => {
    const [first, second, third] = [await newRelay(1), await newRelay(2), await newRelay(3)];
    const { reservations, state } = await newPrivate(10, { europe: [first, second] });
    await holds(reservations, [first, second]);
    let changes = 0;
    reservations.onChange(() => changes++);
    await first.node.overlay.stop();
    await holds(reservations, [second]);
    await until(() => changes > 0);
    state.listed = { europe: [second, third] };
    await holds(reservations, [second, third]);
  });

  it("keeps what it has, and finds relays of the last list, while the chain is away", async () => {
    const [first, second, third] = [await newRelay(1), await newRelay(2), await newRelay(3)];
    const { reservations, state } = await newPrivate(10, { europe: [first, second, third] });
    await until(() => reservations.ids().length === 2);
    state.chainAway = true;
    const lost = [first, second, third].find(({ node }) => reservations.ids().includes(node.peerId)) ?? first;
    await lost.node.overlay.stop();
    await holds(
      reservations,
      [first, second, third].filter((relay) => relay !== lost),
    );
  });

  it("reserves nothing for a public node, nor before a node is a member", async () => {
    const relay = await newRelay(1);
    const { membership, reservations, node, state } = await newPrivate(10, { europe: [] });
    membership.set(registrationFor(node.peerId, { nodeType: "light_public" }));
    state.listed = { europe: [relay] };
    membership.set(null);
    await until(() => state.reached.length === 0);
    expect(reservations.ids()).to.deep.equal([]);
    membership.set(registrationFor(node.peerId, { nodeType: "light_private" }));
    await holds(reservations, [relay]);
  });

  it("gives nodes that the contract does not know no reservation", async () => {
    const relay = await newRelay(1, (peerId) => peerId !== identityOf(10).peerId);
    const { reservations, state } = await newPrivate(10, { europe: [relay] });
    await until(() => state.reached.length > 1);
    expect(reservations.ids()).to.deep.equal([]);
    expect(relay.server.reservationsHeld).to.equal(0);
  });

  it("relays while the contract lists the node as public and active, and not a moment longer", async () => {
    const relay = await newRelay(1);
    const { reservations } = await newPrivate(10, { europe: [relay] });
    await holds(reservations, [relay]);
    await until(() => relay.server.reservationsHeld === 1);

    relay.membership.set(registrationFor(relay.node.peerId, { active: false }));
    await until(() => relay.server.reservationsHeld === 0);
    const late = await newPrivate(11, { europe: [relay] });
    await until(() => late.state.reached.length > 1);
    expect(late.reservations.ids()).to.deep.equal([]);

    relay.membership.set(registrationFor(relay.node.peerId));
    await holds(late.reservations, [relay]);
    await relay.server.stop();
    expect(relay.server.reservationsHeld).to.equal(0);
  });

  it("counts what it passes of a client, and what circuits bring strangers for all of them as one; they have no lane", async () => {
    const strangers = [identityOf(12).peerId, identityOf(13).peerId];
    const relay = await newRelay(1, (peerId) => !strangers.includes(peerId));
    const { reservations, node } = await newPrivate(10, { europe: [relay] });
    await holds(reservations, [relay]);
    await node.overlay.lanes.handle("/test", async ({ duplex }) => void duplex.resume(), { maxInbound: 2 });
    const record = await node.record({ addresses: reservations.addresses(), relays: reservations.ids() });
    let changes = 0;
    relay.server.usage.onChange(() => changes++);
    for (const [n, dedicated] of [
      [11, true],
      [12, false],
      [13, false],
    ] as const) {
      const client = await newNode(n, { listen: [] });
      const connection = await client.overlay.connect(record, soon());
      const countedFor = dedicated ? client.peerId : unregistered;
      const before = await until(() => relay.server.usage.bytesOf(countedFor));
      const lane = await client.overlay.lanes.open(connection, "/test", soon());
      expect(lane.dedicated).to.equal(dedicated);
      lane.duplex.end(Buffer.alloc(100_000));
      await until(() => relay.server.usage.bytesOf(countedFor) >= before + 100_000);
    }
    const { clients, totalBytes } = relay.server.usage;
    expect([...clients.keys()].sort()).to.deep.equal([identityOf(11).peerId, unregistered].sort());
    expect(clients.get(unregistered)).to.be.at.least(200_000);
    expect([...clients.values()].reduce((sum, bytes) => sum + bytes)).to.equal(totalBytes);
    expect(changes).to.be.greaterThan(0);
  });

  it("holds lanes back to the configured bytes per second", async () => {
    const cap = 1_000_000;
    const relay = await newRelay(1, () => true, { maxBytesPerSecond: cap });
    const { reservations, node } = await newPrivate(10, { europe: [relay] }, { wanted: 1 });
    await holds(reservations, [relay]);
    let received = 0;
    const count = ({ length }: Buffer) => {
      received += length;
    };
    await node.overlay.lanes.handle("/test", async ({ duplex }) => void duplex.on("data", count), { maxInbound: 2 });
    const client = await newNode(11, { listen: [] });
    const record = await node.record({ addresses: reservations.addresses(), relays: reservations.ids() });
    const lane = await client.overlay.lanes.open(await client.overlay.connect(record, soon()), "/test", soon());
    expect(lane.dedicated).to.equal(true);
    const startedAt = performance.now();
    lane.duplex.end(Buffer.alloc(600_000));
    await until(() => received === 600_000);
    // Less the burst, and the piece that may go last.
    expect(performance.now() - startedAt).to.be.at.least(((600_000 - 0.02 * cap - 64 * 1024) / cap) * 1000);
  });

  it("does not relay as a private node or a backbone", async () => {
    const node = await newNode(1);
    for (const nodeType of ["light_private", "backbone_auth"] as const) {
      let servers = 0;
      const circuit = { ...node.overlay.circuit, createServer: () => ++servers as never };
      const membership = createTestMembership(registrationFor(node.peerId, { nodeType }));
      const overlay = { ...node.overlay, circuit };
      const server = createRelayServer(config, {
        overlay,
        membership,
        mayPass: async () => true,
        isUnregistered: async () => false,
        log: silent,
      });
      await server.start(soon());
      await server.stop();
      expect(servers).to.equal(0);
    }
  });
});
