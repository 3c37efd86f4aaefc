import { circuitRelayServer } from "@libp2p/circuit-relay-v2";
import type { ConnectionEncrypter } from "@libp2p/interface";
import { isStartable } from "@libp2p/interface";
import { expect } from "chai";
import { libp2pIdOf } from "../../../../node/core/overlay/index.ts";
import { createPeerIdentities, pqTls } from "../../../../node/core/overlay/pq-tls/index.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { startLibp2pPeer } from "../../../harness/libp2p-peer.ts";
import { circuitAddress, createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { readBytes } from "../../../harness/stream.ts";
import { until } from "../../../harness/until.ts";

const protocol = "/shadowmesh/test/1.0.0";
const limits = { maxReservations: 8 };

describe("core/overlay/circuit", () => {
  const newNode = createMesh();

  /** A node that nobody can dial, with a reservation at the relay. */
  async function newPrivate(n: number, relay: MeshNode): Promise<MeshNode> {
    const node = await newNode(n, { listen: [] });
    const connection = await node.overlay.connect(await relay.record(), soon());
    await node.overlay.circuit.reserve(connection.libp2p.remotePeer, soon());
    return node;
  }

  async function newRelay(n: number, mayReserve: (peerId: string) => Promise<boolean> = async () => true) {
    const relay = await newNode(n, { mayReserve });
    const server = relay.overlay.circuit.createServer(limits, () => undefined);
    if (isStartable(server)) await server.start();
    return { relay, server };
  }

  it("reaches a node that cannot be dialled through one that can, and both know each other's ID", async () => {
    const { relay, server } = await newRelay(1);
    const hidden = await newPrivate(2, relay);
    expect(server.reservations.size).to.equal(1);
    expect(hidden.overlay.addresses()).to.deep.equal([]);
    const alice = await newNode(3);
    const record = await hidden.record({ addresses: [await circuitAddress(relay)], relays: [relay.peerId] });
    const connection = await alice.overlay.connect(record, soon());
    expect(connection).to.include({ peerId: hidden.peerId, path: "relayed", relay: relay.peerId });
    const inbound = await until(() => hidden.overlay.connectionTo(alice.peerId));
    expect(inbound).to.include({ direction: "inbound", path: "relayed", relay: relay.peerId });
    expect(hidden.overlay.dialled(), "through a relay says nothing of its own addresses").to.equal(false);
    expect(await alice.overlay.ping(connection, soon())).to.be.within(0, 10_000);
  });

  it("goes through a relay that it avoids only where there is no other", async () => {
    const { relay: liar } = await newRelay(1);
    const { relay: honest } = await newRelay(4);
    const hidden = await newPrivate(2, liar);
    const toHonest = await hidden.overlay.connect(await honest.record(), soon());
    await hidden.overlay.circuit.reserve(toHonest.libp2p.remotePeer, soon());
    const lied = libp2pIdOf(await liar.record()).toString();
    const [through, around] = [await circuitAddress(liar), await circuitAddress(honest)];

    const alice = await newNode(3, { listen: [], avoidsRelay: (id) => id === lied });
    const both = await hidden.record({ addresses: [through, around] });
    const first = await alice.overlay.connect(both, soon());
    expect(first.relay).to.equal(honest.peerId);
    await first.libp2p.close();
    const one = await hidden.record({ addresses: [through] });
    expect((await alice.overlay.connect(one, soon())).relay).to.equal(liar.peerId);
  }).timeout(60_000);

  it("gives no reservation to a node that may not have one", async () => {
    const asked: string[] = [];
    const { relay, server } = await newRelay(1, async (peerId) => {
      asked.push(peerId);
      return false;
    });
    const error = await newPrivate(2, relay).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(Error);
    expect(asked).to.deep.equal([identityOf(2).peerId]);
    expect(server.reservations.size).to.equal(0);
  });

  it("gives no reservation while it cannot be found out whether a node may have one, and then does", async () => {
    let chainAway = true;
    const { relay, server } = await newRelay(1, async () => {
      if (chainAway) throw new Error("the chain does not answer");
      return true;
    });
    const node = await newNode(2, { listen: [] });
    const { libp2p } = await node.overlay.connect(await relay.record(), soon());
    const error = await node.overlay.circuit.reserve(libp2p.remotePeer, soon()).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(Error);
    expect(server.reservations.size).to.equal(0);
    chainAway = false;
    await node.overlay.circuit.reserve(libp2p.remotePeer, soon());
    expect(node.overlay.circuit.hasReservation(libp2p.remotePeer)).to.equal(true);
  });

  it("does not connect to a node that has no reservation", async () => {
    const { relay } = await newRelay(1);
    await newNode(2, { listen: [] });
    const record = await verifyAt()(await recordOf(identityOf(2), { addresses: [await circuitAddress(relay)] }));
    const error = await (await newNode(3)).overlay.connect(record, soon()).catch((cause: unknown) => cause);
    expect(error).to.have.property("code", "PEER_UNREACHABLE");
  });

  it("moves more than the 128 KiB of libp2p's default, and the relay sees ciphertext alone", async () => {
    const seen: Buffer[] = [];
    const relay = await startTappedRelay(seen);
    try {
      const [address] = relay.node.getMultiaddrs();
      const relayRecord = await verifyAt()(await recordOf(identityOf(1), { addresses: [String(address)] }));
      const hidden = await newNode(2, { listen: [] });
      const { libp2p } = await hidden.overlay.connect(relayRecord, soon());
      await hidden.overlay.circuit.reserve(libp2p.remotePeer, soon());
      const alice = await newNode(3);
      const through = `/ip4/127.0.0.1/tcp/${relay.port}/p2p/${libp2pIdOf(relayRecord)}/p2p-circuit`;
      const connection = await alice.overlay.connect(await hidden.record({ addresses: [through] }), soon());
      expect(connection.path).to.equal("relayed");

      const secret = Buffer.from("the quick brown fox ".repeat(25_000));
      let arrived: Buffer | undefined;
      await hidden.overlay.handle(
        protocol,
        async (stream) => {
          arrived = await readBytes(stream, secret.length);
        },
        { maxInboundStreams: 1 },
      );
      const stream = await connection.open(protocol, soon());
      for (let at = 0; at < secret.length; at += 50_000) {
        if (!stream.send(secret.subarray(at, at + 50_000))) await stream.onDrain({ signal: soon() });
      }
      await until(() => arrived !== undefined);
      expect(arrived?.equals(secret)).to.equal(true);

      const bytes = Buffer.concat(seen);
      expect(bytes.length, "what the relay read").to.be.greaterThan(secret.length);
      expect(bytes.includes("quick brown fox")).to.equal(false);
      expect(bytes.includes(protocol)).to.equal(false);

      // The tap does see what is said to the relay itself.
      await relay.node.handle(protocol, () => undefined);
      const direct = await alice.overlay.connect(relayRecord, soon());
      const toRelay = await direct.open(protocol, soon());
      toRelay.send(Buffer.from("the quick brown fox"));
      await until(() => Buffer.concat(seen).includes("quick brown fox"));
    } finally {
      await relay.node.stop();
    }
  });
});

/** A relay that remembers all it can read: what is left after its own encryption with each neighbour is taken off. */
async function startTappedRelay(seen: Buffer[]) {
  const identity = identityOf(1);
  const tapped = (components: Parameters<ReturnType<typeof pqTls>>[0]) => {
    const inner = pqTls({ identity, identities: createPeerIdentities() })(components);
    const secureInbound: ConnectionEncrypter["secureInbound"] = async (stream, options) => {
      const secured = await inner.secureInbound(stream, options);
      secured.connection.addEventListener("message", ({ data }) => {
        seen.push(Buffer.from(data instanceof Uint8Array ? data : data.subarray()));
      });
      return secured;
    };
    return { ...inner, protocol: inner.protocol, secureInbound } as ConnectionEncrypter;
  };
  return startLibp2pPeer({
    identity,
    encrypter: tapped as never,
    services: { relay: circuitRelayServer({ reservations: { applyDefaultLimit: false } }) } as never,
  });
}
