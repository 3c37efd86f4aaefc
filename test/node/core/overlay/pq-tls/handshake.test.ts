import { noise } from "@chainsafe/libp2p-noise";
import type { ConnectionEncrypter } from "@libp2p/interface";
import { tls } from "@libp2p/tls";
import { multiaddr } from "@multiformats/multiaddr";
import { expect } from "chai";
import { pqTlsProtocol } from "../../../../../node/core/overlay/pq-tls/index.ts";
import { identityOf } from "../../../../harness/identities.ts";
import { type Libp2pPeer, startLibp2pPeer } from "../../../../harness/libp2p-peer.ts";
import { until } from "../../../../harness/until.ts";

const alice = identityOf(1);
const bob = identityOf(2);

describe("core/overlay/pq-tls between libp2p nodes", () => {
  const started: Libp2pPeer[] = [];
  const start: typeof startLibp2pPeer = async (options) => {
    const peer = await startLibp2pPeer(options);
    started.push(peer);
    return peer;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ node }) => node.stop()));
  });

  for (const transport of ["tcp", "ws"] as const) {
    it(`tells both sides the other's peer ID over ${transport === "tcp" ? "TCP" : "WebSocket"}`, async () => {
      const [dialer, listener] = [await start({ identity: alice }), await start({ identity: bob })];
      const connection = await dialer.node.dial(listener.address(transport));
      expect(connection.encryption).to.equal(pqTlsProtocol);
      expect(dialer.peerIdOf(connection.remotePeer)).to.equal(bob.peerId);
      await until(() => listener.handshakes.length > 0);
      expect(listener.peerIdOf(dialer.node.peerId)).to.equal(alice.peerId);
      expect(connection.multiplexer).to.equal("/yamux/1.0.0");
    });
  }

  it("refuses a listener that is another than the dialled", async () => {
    const [dialer, listener] = [await start({ identity: alice }), await start({ identity: bob })];
    const wrong = multiaddr(`/ip4/127.0.0.1/tcp/${listener.port}/p2p/${identityOf(3).libp2pKey.publicKey.toString()}`);
    const error = await dialer.node.dial(wrong).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(Error);
    expect(dialer.handshakes).to.have.length(1);
    expect(dialer.handshakes[0]?.error).to.have.property("code", "WRONG_PEER");
    await until(() => dialer.node.getConnections().length === 0 && listener.node.getConnections().length === 0);
  });

  /** Encrypters of stock libp2p, under their own name, and pretending to be ours. */
  const classical: Record<string, typeof tls> = {
    "@libp2p/tls": tls(),
    "@chainsafe/libp2p-noise": noise() as never,
    "@libp2p/tls under our name": pretending(tls()),
    "@chainsafe/libp2p-noise under our name": pretending(noise() as never),
  } as never;

  for (const [name, encrypter] of Object.entries(classical)) {
    it(`lets no peer with ${name} in`, async () => {
      const [dialer, listener] = [
        await start({ identity: alice, encrypter: encrypter as never }),
        await start({ identity: bob }),
      ];
      const error = await dialer.node.dial(listener.address("tcp")).catch((cause: unknown) => cause);
      expect(error).to.be.instanceOf(Error);
      expect(listener.handshakes.filter(({ error: failed }) => failed === undefined)).to.deep.equal([]);
      expect(listener.node.getConnections()).to.deep.equal([]);
      for (const { error: failed } of listener.handshakes) expect(failed).to.have.property("code", "HANDSHAKE_REFUSED");
    });

    it(`dials no peer with ${name}`, async () => {
      const [dialer, listener] = [
        // A peer of another protocol may answer nothing at all.
        await start({ identity: alice, connectionManager: { addressDialTimeout: 1_000 } }),
        await start({ identity: bob, encrypter: encrypter as never }),
      ];
      const error = await dialer.node.dial(listener.address("tcp")).catch((cause: unknown) => cause);
      expect(error).to.be.instanceOf(Error);
      expect(dialer.handshakes.filter(({ error: failed }) => failed === undefined)).to.deep.equal([]);
      expect(dialer.node.getConnections()).to.deep.equal([]);
      for (const { error: failed } of dialer.handshakes) expect(failed).to.have.property("code", "HANDSHAKE_REFUSED");
    });
  }
});

function pretending(encrypter: (components: never) => ConnectionEncrypter) {
  return (components: never) => {
    const inner = encrypter(components);
    return {
      protocol: pqTlsProtocol,
      [Symbol.toStringTag]: "@shadowmesh/pretending",
      secureInbound: inner.secureInbound.bind(inner),
      secureOutbound: inner.secureOutbound.bind(inner),
    } as ConnectionEncrypter;
  };
}
