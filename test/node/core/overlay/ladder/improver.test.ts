import type { Stream } from "@libp2p/interface";
import { expect } from "chai";
import { libp2pIdOf, type PeerConnection } from "../../../../../node/core/overlay/index.ts";
import { createImprover } from "../../../../../node/core/overlay/ladder/index.ts";
import type { NodeRecord } from "../../../../../node/core/records/index.ts";
import { expectCode } from "../../../../harness/expect-code.ts";
import { createMesh, type MeshNode, type NodeOptions, soon } from "../../../../harness/mesh.ts";
import { newRelay, reserve } from "../../../../harness/relayed-pair.ts";
import { until } from "../../../../harness/until.ts";

const protocol = "/shadowmesh/test/1.0.0";

describe("core/overlay/ladder/improver", () => {
  const newNode = createMesh();

  /** Alice, connected to Bob through a relay alone; Bob does listen, and `open` tells Alice where. */
  async function newRelayedPair(options: NodeOptions = {}) {
    const relay = await newRelay(newNode, 1);
    let known: NodeRecord | null = null;
    const bob = await newNode(2, options);
    const circuit = await reserve(bob, relay);
    const alice = await newNode(3, { listen: [], findRecord: async () => known, ...options });
    const connection = await alice.overlay.connect(await bob.record({ addresses: [circuit] }), soon());
    expect(connection.path).to.equal("relayed");
    const open = async () => {
      known = await bob.record({ addresses: [circuit, ...bob.overlay.addresses()] });
    };
    return { alice, bob, connection, open };
  }

  const pathsBetween = (node: MeshNode, peer: MeshNode) =>
    node.overlay.connections().flatMap(({ peerId, path }) => (peerId === peer.peerId ? [path] : []));

  it("moves to a direct connection once the peer can be dialled, and the relayed one closes", async () => {
    const { alice, bob, connection, open } = await newRelayedPair();
    expect(connection.retiring.aborted).to.equal(false);
    await open();
    const better = await until(() => {
      const best = alice.overlay.connectionTo(bob.peerId);
      return best?.path === "direct" ? best : undefined;
    });
    await until(() => connection.retiring.aborted);
    expect(better.retiring.aborted).to.equal(false);
    await until(() => [alice, bob].every((node) => pathsBetween(node, node === alice ? bob : alice).length === 1));
    expect(connection.libp2p.status).to.not.equal("open");
    expect(pathsBetween(bob, alice)).to.deep.equal(["direct"]);
  });

  it("dials back a peer that came through a relay and can be dialled itself", async () => {
    const relay = await newRelay(newNode, 1);
    const alice = await newNode(3);
    const hidden = await newNode(2, { listen: [], findRecord: () => alice.record() });
    const circuit = await reserve(hidden, relay);
    await alice.overlay.connect(await hidden.record({ addresses: [circuit] }), soon());
    await until(() => hidden.overlay.connectionTo(alice.peerId)?.path === "direct");
    const inbound = await until(() => {
      const best = alice.overlay.connectionTo(hidden.peerId);
      return best?.path === "direct" ? best : undefined;
    });
    expect(inbound.direction).to.equal("inbound");
    await until(() => pathsBetween(alice, hidden).length === 1 && pathsBetween(hidden, alice).length === 1);
  });

  /** Alice, connected to Bob through the first of two relays, at which both of them hold reservations; `open` tells each the way to the other through the second. */
  async function newPairOfTwoRelays() {
    const relays = [await newRelay(newNode, 1), await newRelay(newNode, 4)] as const;
    const ids = await Promise.all(relays.map(async (relay) => libp2pIdOf(await relay.record()).toString()));
    let known = false;
    const newHidden = async (n: number, peer: () => Promise<NodeRecord>) => {
      const avoided = new Set<string>();
      const node = await newNode(n, {
        listen: [],
        avoidsRelay: (id) => avoided.has(id),
        findRecord: async () => (known ? peer() : null),
      });
      const circuits = [await reserve(node, relays[0]), await reserve(node, relays[1])];
      const record = (through = circuits) => node.record({ addresses: through, sequence: through.length });
      return { node, circuits, record, avoid: (relay: 0 | 1) => avoided.add(ids[relay] ?? "") };
    };
    const alice = await newHidden(3, () => bob.record());
    const bob = await newHidden(2, () => alice.record());
    const connection = await alice.node.overlay.connect(await bob.record(bob.circuits.slice(0, 1)), soon());
    expect(connection).to.include({ path: "relayed", relay: relays[0].peerId });
    await until(() => bob.node.overlay.connectionTo(alice.node.peerId));
    const open = () => {
      known = true;
    };
    return { relays, alice, bob, connection, open };
  }
  const relaysBetween = ({ node }: { node: MeshNode }, peer: { node: MeshNode }) =>
    node.overlay.connections().flatMap(({ peerId, relay }) => (peerId === peer.node.peerId ? [relay] : []));

  for (const direction of ["outbound", "inbound"] as const) {
    it(`moves past a relay that is to be avoided, ${direction}, and stays where there is no other`, async () => {
      const { relays, alice, bob, connection, open } = await newPairOfTwoRelays();
      const [mover, peer] = direction === "outbound" ? [alice, bob] : [bob, alice];
      mover.avoid(0);
      const { improve } = mover.node.overlay;
      await expectCode(improve(await peer.record(peer.circuits.slice(0, 1)), soon()), "PEER_UNREACHABLE");
      expect(relaysBetween(mover, peer)).to.deep.equal([relays[0].peerId]);

      open();
      mover.node.overlay.hurry();
      await until(() => mover.node.overlay.connectionTo(peer.node.peerId)?.relay === relays[1].peerId);
      await until(() => connection.libp2p.status !== "open");
      expect(relaysBetween(mover, peer)).to.deep.equal([relays[1].peerId]);
    });
  }

  it("takes no turns with a peer that avoids the other relay", async () => {
    const { alice, bob } = await newPairOfTwoRelays();
    alice.avoid(0);
    bob.avoid(1);
    const improveTo = async (mover: typeof alice, peer: typeof alice) =>
      mover.node.overlay.improve(await peer.record(), soon());
    // Each has its way once, by itself or by what is asked for here.
    for (const [mover, peer] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await improveTo(mover, peer).catch(() => undefined);
    }
    await expectCode(improveTo(alice, bob), "PEER_UNREACHABLE");
    await expectCode(improveTo(bob, alice), "PEER_UNREACHABLE");
  });

  it("tries at once when it is to hurry, however long it has tried in vain", async () => {
    const { connection } = await newRelayedPair();
    let tries = 0;
    const improver = createImprover({
      connections: () => [connection],
      connectionTo: () => connection,
      async findRecord() {
        tries++;
        return null;
      },
      improve: async () => undefined,
    });
    improver.look();
    for (let round = 0; round < 10; round++) {
      const before = tries;
      improver.hurry();
      // By itself it would wait for minutes in the last rounds.
      await until(() => tries > before);
    }
    await improver.stop();
  });

  it("keeps who sends all the time going: all arrives, in order, and nothing fails on the way", async () => {
    const { alice, bob, open } = await newRelayedPair();
    const received: number[] = [];
    const paths = new Set<string>();
    await bob.overlay.handle(protocol, (stream, peer) => receive(stream, peer, received, paths), {
      maxInboundStreams: 8,
    });
    const sending = new AbortController();
    const user = sendAlways(alice, bob, sending.signal);
    await until(() => received.length > 10);
    await open();
    await until(() => paths.has("direct"));
    await until(() => pathsBetween(alice, bob).length === 1);
    const soFar = received.length;
    await until(() => received.length > soFar + 10);
    sending.abort();
    const { sent, moves } = await user;
    await until(() => received.length === sent);
    expect(received).to.deep.equal(Array.from({ length: sent }, (_, index) => index));
    expect(moves).to.equal(1);
    expect([...paths]).to.deep.equal(["relayed", "direct"]);
  });

  it("ends streams and lanes that do not move when the grace is over", async () => {
    const { alice, bob, connection, open } = await newRelayedPair({ moveGraceMs: 500 });
    await bob.overlay.handle(protocol, () => new Promise(() => undefined), { maxInboundStreams: 1 });
    await bob.overlay.lanes.handle(`${protocol}/lane`, async ({ duplex }) => void duplex.resume(), { maxInbound: 1 });
    const stream = await connection.open(protocol, soon());
    const lane = await alice.overlay.lanes.open(connection, `${protocol}/lane`, soon());
    await open();
    await until(() => lane.retiring.aborted);
    await until(() => lane.duplex.destroyed && stream.status !== "open");
    await until(() => connection.libp2p.status !== "open");
    const next = await alice.overlay.lanes.open(
      alice.overlay.connectionTo(bob.peerId) as PeerConnection,
      `${protocol}/lane`,
      soon(),
    );
    expect(next.retiring.aborted).to.equal(false);
    next.duplex.destroy();
  });
});

/** Numbers from 0 on, a line each: on the best connection there is, moving when it retires. */
async function sendAlways(from: MeshNode, to: MeshNode, signal: AbortSignal) {
  let [sent, moves] = [0, -1];
  while (!signal.aborted) {
    const connection = from.overlay.connectionTo(to.peerId);
    if (connection === undefined) throw new Error("there was a gap");
    const stream = await connection.open(protocol, soon());
    moves++;
    while (!connection.retiring.aborted && !signal.aborted) {
      if (!stream.send(Buffer.from(`${sent++}\n`))) await stream.onDrain({ signal: soon() });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await stream.close({ signal: soon() });
  }
  return { sent, moves };
}

async function receive(stream: Stream, peer: PeerConnection, into: number[], paths: Set<string>): Promise<void> {
  paths.add(peer.path);
  let rest = "";
  for await (const part of stream) {
    const lines = (rest + Buffer.from(part instanceof Uint8Array ? part : part.subarray()).toString()).split("\n");
    rest = lines.pop() ?? "";
    into.push(...lines.map(Number));
  }
  await stream.close({ signal: soon() });
}
