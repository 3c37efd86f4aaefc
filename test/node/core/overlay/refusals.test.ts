import { noise } from "@chainsafe/libp2p-noise";
import type { ConnectionEncrypter } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { expect } from "chai";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { libp2pIdOf, overlayErrors } from "../../../../node/core/overlay/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { type Libp2pPeer, startLibp2pPeer } from "../../../harness/libp2p-peer.ts";
import { readLog } from "../../../harness/log.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { pretendedPqTls } from "../../../harness/pretended-pq-tls.ts";
import { until } from "../../../harness/until.ts";

const protocol = "/shadowmesh/test/1.0.0";
type Encrypter = (components: never) => ConnectionEncrypter;

describe("core/overlay on what it refuses", function () {
  this.timeout(120_000);
  const newNode = createMesh();
  const peers: Libp2pPeer[] = [];
  afterEach(async () => {
    await Promise.all(peers.splice(0).map(({ node }) => node.stop()));
  });
  async function newPeer(n: number, encrypter: Encrypter): Promise<Libp2pPeer> {
    const peer = await startLibp2pPeer({ identity: identityOf(n), encrypter: encrypter as never });
    peers.push(peer);
    return peer;
  }
  const dial = async (from: MeshNode, n: number, peer: Libp2pPeer) => {
    const addresses = [`/ip4/127.0.0.1/tcp/${peer.port}`];
    const record = await verifyAt()(await recordOf(identityOf(n), { addresses }));
    // On a busy machine libp2p's 3 s for an address can be over before the peer's answer is there.
    const isAnswer = (error: unknown) => !ShadowMeshError.is(error, overlayErrors.PEER_UNREACHABLE);
    const answer = await until(
      () => from.overlay.connect(record, soon()).catch((error: unknown) => error),
      isAnswer,
      60_000,
    );
    throw answer;
  };

  it("tells who dials that the peer is classical, under its own name or under ours", async () => {
    const alice = await newNode(1);
    const classical = await expectCode(dial(alice, 2, await newPeer(2, noise() as never)), "HANDSHAKE_REFUSED");
    expect(classical.details.reason).to.equal("the peer does not offer it");
    const pretender = await expectCode(dial(alice, 3, await newPeer(3, pretendedPqTls)), "HANDSHAKE_REFUSED");
    expect(pretender.message).to.match(/^The post-quantum handshake failed: /);
    expect(alice.overlay.connections()).to.deep.equal([]);
  });

  it("logs whom it let not in", async () => {
    const { log, lines } = readLog();
    const alice = await newNode(1, { log });
    const peer = await newPeer(2, pretendedPqTls);
    const target = multiaddr(
      `${alice.overlay.addresses()[0]?.replace(/\/p2p\/.*/, "")}/p2p/${libp2pIdOf(await alice.record())}`,
    );
    expect(await peer.node.dial(target).catch((error: unknown) => error)).to.be.instanceOf(Error);
    const line = await until(() => lines.find(({ code }) => code === "HANDSHAKE_REFUSED"), Boolean, 60_000);
    expect(line.address).to.match(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+/);
    expect(line.details).to.have.property("reason");
  });

  it("logs whose frames were malformed, but not each of a thousand; and what failed otherwise for who debugs", async () => {
    const { log, lines, pseudonymOf } = readLog();
    const now = Date.now();
    const [alice, bob] = [await newNode(1), await newNode(2, { log, now: () => now })];
    let error: Error = new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { details: { reason: "too long" } });
    await bob.overlay.handle(protocol, () => Promise.reject(error), { maxInboundStreams: 4 });
    const connection = await alice.overlay.connect(await bob.record(), soon());
    const breakOne = async () => {
      const stream = await connection.open(protocol, soon());
      await until(() => stream.status === "reset", Boolean, 60_000);
    };
    for (let n = 0; n < 30; n++) await breakOne();
    const refused = lines.filter(({ code }) => code === "MALFORMED_FRAME");
    expect(refused).to.have.length(20);
    const peerId = pseudonymOf(alice.peerId);
    expect(refused[0]).to.deep.include({ peerId, protocol, details: { reason: "too long" } });
    error = new Error("the line broke");
    await breakOne();
    const [failed] = lines.filter(({ msg }) => msg === "a stream failed");
    expect(failed).to.include({ level: 20, peerId: alice.peerId, protocol, reason: "Error: the line broke" });
  });
});
