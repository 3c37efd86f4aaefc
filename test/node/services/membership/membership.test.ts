import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { backboneErrors } from "../../../../node/backbone/errors.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { storeErrors } from "../../../../node/core/store/errors.ts";
import {
  createMembership,
  createMembershipStore,
  type Membership,
  type MembershipConfig,
} from "../../../../node/services/membership/index.ts";
import { createChainPort } from "../../../harness/chain-port.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { verifyAt } from "../../../harness/identities.ts";
import { registrationFor } from "../../../harness/membership.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { startTestBackbone, type TestBackbone } from "../../../harness/test-backbone.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";

describe("services/membership", function () {
  this.timeout(40_000);
  const newNode = createMesh();
  const newFolder = temporaryFolders();
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
  });

  async function newBackbone(n: number): Promise<TestBackbone> {
    const backbone = await startTestBackbone(await newNode(n));
    running.push(backbone);
    return backbone;
  }
  const listed = (backbone: TestBackbone, region = "europe") => ({
    peerId: backbone.peerId,
    region,
    url: backbone.url,
  });

  async function joinMesh(
    port: ReturnType<typeof createChainPort>,
    options: {
      config?: MembershipConfig;
      folder?: string;
      node?: MeshNode;
      registered?: boolean;
      now?: () => number;
    } = {},
  ) {
    const node = options.node ?? (await newNode(1));
    if (options.registered !== false) port.register(registrationFor(node.peerId));
    const folder = options.folder ?? (await newFolder());
    const membership = await createMembership(options.config ?? { backbones: [] }, {
      identity: node.identity,
      chain: port.chain,
      overlay: node.overlay,
      verifyRecord: verifyAt(),
      store: createMembershipStore(folder),
      now: options.now ?? Date.now,
      log: silent,
    });
    running.push(membership);
    await membership.start(soon());
    return { node, membership, folder };
  }
  const joined = (membership: Membership) => until(() => (membership.joined() ? membership.session() : null));

  it("asks the other backbones for a peer that its own knows nothing of: each has its own nodes' records", async () => {
    const all = [await newBackbone(100), await newBackbone(101), await newBackbone(102)];
    const port = createChainPort();
    port.list(...all.map((backbone) => listed(backbone)));
    const { membership } = await joinMesh(port);
    const { peerId } = await joined(membership);
    const own = all.find((backbone) => backbone.peerId === peerId) as TestBackbone;
    const [dead, far] = all.filter((backbone) => backbone !== own) as [TestBackbone, TestBackbone];
    await dead.stop();
    const stranger = await newNode(2);
    expect(await membership.lookup(stranger.peerId, soon())).to.equal(null);
    const signed = await stranger.signed();
    far.state.records.set(stranger.peerId, signed);
    expect(await membership.lookup(stranger.peerId, soon())).to.deep.equal(signed);
    own.state.records.set(stranger.peerId, signed);
    const asked = far.state.lookups;
    expect(await membership.lookup(stranger.peerId, soon())).to.deep.equal(signed);
    expect(far.state.lookups).to.equal(asked);
  });

  it("joins through the backbone that the contract names: connected, and signed in with both keys", async () => {
    const backbone = await newBackbone(100);
    const port = createChainPort();
    port.list(listed(backbone));
    const { node, membership } = await joinMesh(port);
    expect(await joined(membership)).to.include({ peerId: backbone.peerId, url: backbone.url });
    expect(node.overlay.connectionTo(backbone.peerId)?.path).to.equal("direct");
    expect(node.overlay.cache.get(backbone.peerId)).to.not.equal(undefined);
    expect(membership.failure()).to.equal(null);
    const signed = await node.signed();
    await membership.announce(signed, soon());
    expect(await membership.lookup(node.peerId, soon())).to.deep.equal(signed);
    expect(await membership.lookup(backbone.peerId, soon())).to.equal(null);
  });

  it("waits for its registration, and leaves when it ends", async () => {
    const backbone = await newBackbone(100);
    const port = createChainPort();
    port.list(listed(backbone));
    const { node, membership } = await joinMesh(port, { registered: false });
    expect(membership.registration()).to.equal(null);
    port.register(registrationFor(node.peerId));
    await joined(membership);
    port.register(registrationFor(node.peerId, { active: false }));
    await until(() => !membership.joined() && membership.session() === null);
  });

  it("takes another backbone when its own goes away", async () => {
    const both = [await newBackbone(100), await newBackbone(101)];
    const port = createChainPort();
    port.list(...both.map((backbone) => listed(backbone)));
    const { membership } = await joinMesh(port);
    const { peerId } = await joined(membership);
    const [first, second] = both[0]?.peerId === peerId ? both : both.toReversed();
    await first?.stop();
    await first?.node.overlay.stop();
    await until(() => membership.session()?.peerId === second?.peerId);
  });

  describe("with a backbone that is there and does not serve", () => {
    /** A node that has joined one of two backbones; `pass` has time go by, and the node look. */
    async function joinOneOfTwo() {
      const all = [await newBackbone(100), await newBackbone(101)];
      for (const { state } of all) state.sessionMs = 1_000 * 3_600_000;
      const port = createChainPort();
      port.list(...all.map((backbone) => listed(backbone)));
      let nowMs = Date.now();
      const { membership, node } = await joinMesh(port, { now: () => nowMs });
      const { peerId } = await joined(membership);
      const own = all.find((backbone) => backbone.peerId === peerId) as TestBackbone;
      const other = all.find((backbone) => backbone !== own) as TestBackbone;
      let bandwidthMbps = 101;
      const pass = (ms: number) => {
        nowMs += ms;
        port.register(registrationFor(node.peerId, { bandwidthMbps: bandwidthMbps++ }));
      };
      const isAt = ({ peerId: id }: TestBackbone) => membership.session()?.peerId === id;
      return { all, port, membership, node, own, other, pass, isAt };
    }
    const heartbeatMs = 10_000;

    it("leaves one that says so, at its next heartbeat, while their connection is up", async () => {
      const { membership, node, own, other, pass, isAt } = await joinOneOfTwo();
      own.state.unready = new ShadowMeshError(backboneErrors.DATABASE_UNAVAILABLE);
      let wasOut = false;
      membership.onChange(() => {
        wasOut ||= !membership.joined();
      });
      pass(heartbeatMs);
      await until(() => isAt(other));
      expect(node.overlay.connectionTo(own.peerId)).to.not.equal(undefined);
      expect(wasOut).to.equal(false);
    });

    it("leaves one that does not answer, at its next heartbeat", async () => {
      const { own, other, pass, isAt } = await joinOneOfTwo();
      await own.stop();
      pass(heartbeatMs);
      await until(() => isAt(other));
    });

    it("leaves one that can't write what it announces, at once", async () => {
      const { membership, node, own, other, isAt } = await joinOneOfTwo();
      own.state.unwriting = new ShadowMeshError(storeErrors.DISK_FULL);
      await expectCode(membership.announce(await node.signed(), soon()), "DISK_FULL");
      await until(() => isAt(other));
      await membership.announce(await node.signed(), soon());
    });

    it("stays with it where no other takes it, and with one that refuses a record", async () => {
      const { membership, node, own, other, pass, isAt } = await joinOneOfTwo();
      const refusal = new ShadowMeshError(backboneErrors.PEER_NOT_REGISTERED);
      own.state.unwriting = refusal;
      await expectCode(membership.announce(await node.signed(), soon()), "PEER_NOT_REGISTERED");
      other.state.refuses = refusal;
      own.state.unready = new ShadowMeshError(backboneErrors.DATABASE_UNAVAILABLE);
      const session = membership.session();
      pass(heartbeatMs);
      // The second time, it has been refused once.
      await until(() => other.state.challenges === 1);
      pass(heartbeatMs);
      await until(() => other.state.challenges === 2);
      expect(isAt(own)).to.equal(true);
      expect(membership.session()).to.equal(session);
    });

    it("measures again after an hour or so, and goes where it is nearer now", async () => {
      const { own, other, pass, isAt } = await joinOneOfTwo();
      own.state.latencyMs = 1_500;
      pass(2 * 3_600_000);
      await until(() => isAt(other));
    });

    it("asks, measures and reads the contract's list no more often, whatever changes", async () => {
      const { all, port, membership, own, pass, isAt } = await joinOneOfTwo();
      const asked = () => [port.listings(), ...all.map(({ state }) => state.heartbeats)];
      // The round of the loop that has just signed in may be the one that begins now.
      const before = asked();
      const change = async () => {
        const last = membership.registration()?.bandwidthMbps;
        const rounds = new Promise<void>((resolve) => {
          const stop = membership.onChange(() => {
            stop();
            resolve();
          });
        });
        pass(0);
        await until(() => membership.registration()?.bandwidthMbps !== last);
        await rounds;
      };
      for (let n = 0; n < 5; n++) await change();
      expect(asked()).to.deep.equal(before);
      expect(isAt(own)).to.equal(true);
      pass(heartbeatMs);
      await until(() => own.state.heartbeats > (before[1 + all.indexOf(own)] ?? 0));
      expect(port.listings()).to.equal(before[0]);
      pass(60_000);
      await until(() => port.listings() > (before[0] ?? 0));
    });
  });

  it("uses a configured backbone where the contract lists none", async () => {
    const backbone = await newBackbone(100);
    const { membership } = await joinMesh(createChainPort(), { config: { backbones: [backbone.url] } });
    expect((await joined(membership)).peerId).to.equal(backbone.peerId);
  });

  it("refuses a backbone that is another than the contract says", async () => {
    const [real, impostor] = [await newBackbone(100), await newBackbone(101)];
    const port = createChainPort();
    port.list({ ...listed(real), url: impostor.url });
    const { membership } = await joinMesh(port);
    await until(() => membership.failure());
    expect(membership.failure()?.code).to.equal("BACKBONE_UNREACHABLE");
    expect(membership.failure()?.details).to.include({ code: "WRONG_PEER", url: impostor.url });
    expect(impostor.state.sessions).to.equal(0);
  });

  it("refuses a backbone that shows another's record as its own, whoever answers there", async () => {
    const [real, impostor] = [await newBackbone(100), await newBackbone(101)];
    impostor.state.record = () => real.node.signed({ addresses: impostor.node.overlay.addresses() });
    await real.node.overlay.stop();
    const port = createChainPort();
    port.list({ ...listed(real), url: impostor.url });
    const { membership } = await joinMesh(port);
    await until(() => membership.failure());
    expect(membership.joined()).to.equal(false);
    expect(impostor.state.sessions).to.equal(0);
  });

  it("says why a backbone refused it", async () => {
    const backbone = await newBackbone(100);
    backbone.state.refuses = new ShadowMeshError(backboneErrors.PEER_NOT_REGISTERED);
    const port = createChainPort();
    port.list(listed(backbone));
    const { membership } = await joinMesh(port);
    await until(() => membership.failure());
    expect(membership.failure()?.code).to.equal("BACKBONE_REFUSED");
    expect(membership.failure()?.details).to.include({ code: "PEER_NOT_REGISTERED" });
    backbone.state.refuses = null;
    await joined(membership);
    expect(membership.failure()).to.equal(null);
  });

  it("signs in anew when the backbone no longer knows its session", async () => {
    const backbone = await newBackbone(100);
    const port = createChainPort();
    port.list(listed(backbone));
    const { membership, node } = await joinMesh(port);
    const session = await joined(membership);
    backbone.state.tokens.clear();
    const outcome = await membership.announce(await node.signed(), soon()).catch((error: unknown) => error);
    expect(outcome).to.have.property("code", "SESSION_INVALID");
    port.register(registrationFor(node.peerId, { bandwidthMbps: 101 }));
    await until(() => membership.session() !== null && membership.session() !== session);
    await membership.announce(await node.signed(), soon());
  });

  it("renews its session an hour before it ends", async () => {
    const backbone = await newBackbone(100);
    const port = createChainPort();
    port.list(listed(backbone));
    let aheadMs = 0;
    const { membership, node } = await joinMesh(port, { now: () => Date.now() + aheadMs });
    await joined(membership);
    aheadMs = 23 * 3_600_000 - 60_000;
    port.register(registrationFor(node.peerId, { bandwidthMbps: 101 }));
    await until(() => membership.registration()?.bandwidthMbps === 101);
    expect(backbone.state.sessions).to.equal(1);
    backbone.state.sessionMs = 48 * 3_600_000;
    aheadMs = 23 * 3_600_000 + 1_000;
    port.register(registrationFor(node.peerId, { bandwidthMbps: 102 }));
    await until(() => backbone.state.sessions === 2);
  });

  describe("without the chain", () => {
    it("joins with what it knew last", async () => {
      const backbone = await newBackbone(100);
      const port = createChainPort();
      port.list(listed(backbone));
      const first = await joinMesh(port);
      await joined(first.membership);
      await first.membership.stop();
      port.become("unreachable");
      const again = await joinMesh(port, { folder: first.folder, node: first.node, registered: false });
      expect((await joined(again.membership)).peerId).to.equal(backbone.peerId);
      expect(again.membership.registration()?.peerId).to.equal(first.node.peerId);
    });

    it("still knows its backbones when the chain went away a moment ago", async () => {
      const backbone = await newBackbone(100);
      const port = createChainPort();
      port.list(listed(backbone));
      const { membership, folder, node } = await joinMesh(port);
      await joined(membership);
      // The endpoint fails before the chain's state says so, and the backbone drops its connections.
      port.breakReads(true);
      await node.overlay.connectionTo(backbone.peerId)?.libp2p.close();
      await until(() => backbone.state.sessions === 2);
      await joined(membership);
      expect(await readFile(join(folder, "membership.json"), "utf8")).to.include(backbone.url);
    });
  });
});
