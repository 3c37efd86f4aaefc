import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { backboneErrors } from "../../../../node/backbone/errors.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { createChainPort } from "../../../harness/chain-port.ts";
import { joined, joining, listed } from "../../../harness/joining.ts";
import { registrationFor } from "../../../harness/membership.ts";
import { soon } from "../../../harness/mesh.ts";
import type { TestBackbone } from "../../../harness/test-backbone.ts";
import { until } from "../../../harness/until.ts";

describe("services/membership", function () {
  this.timeout(40_000);
  const { newNode, newBackbone, joinMesh } = joining();

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
