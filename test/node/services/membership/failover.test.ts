import { expect } from "chai";
import { backboneErrors } from "../../../../node/backbone/errors.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { storeErrors } from "../../../../node/core/store/errors.ts";
import { createChainPort } from "../../../harness/chain-port.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { joined, joining, listed } from "../../../harness/joining.ts";
import { registrationFor } from "../../../harness/membership.ts";
import { soon } from "../../../harness/mesh.ts";
import type { TestBackbone } from "../../../harness/test-backbone.ts";
import { until } from "../../../harness/until.ts";

describe("services/membership: from one backbone to another", function () {
  this.timeout(40_000);
  const { newBackbone, joinMesh } = joining();
  const end = async (backbone: TestBackbone) => {
    await backbone.stop();
    await backbone.node.overlay.stop();
  };

  it("takes another backbone when its own goes away", async () => {
    const both = [await newBackbone(100), await newBackbone(101)];
    const port = createChainPort();
    port.list(...both.map((backbone) => listed(backbone)));
    const { membership } = await joinMesh(port);
    const { peerId } = await joined(membership);
    const [first, second] = both[0]?.peerId === peerId ? both : both.toReversed();
    await end(first as TestBackbone);
    await until(() => membership.session()?.peerId === second?.peerId);
  });

  it("passes dead backbones over: the contract's are tried first, then configured ones, then those known last", async () => {
    const [dead, listedOne, known, configured] = (await Promise.all([100, 101, 102, 103].map(newBackbone))) as [
      TestBackbone,
      TestBackbone,
      TestBackbone,
      TestBackbone,
    ];
    // Preferred although they are the slowest.
    for (const { state } of [listedOne, configured]) state.latencyMs = 300;
    await end(dead);
    const port = createChainPort();
    port.list(listed(dead), listed(listedOne));
    const { membership, ...same } = await joinMesh(port, { config: { backbones: [known.url] } });
    expect((await joined(membership)).peerId).to.equal(listedOne.peerId);
    await end(listedOne);
    await until(() => membership.session()?.peerId === known.peerId);
    await membership.stop();
    port.become("unreachable");
    const again = await joinMesh(port, { ...same, registered: false, config: { backbones: [configured.url] } });
    expect((await joined(again.membership)).peerId).to.equal(configured.peerId);
    await end(configured);
    await until(() => again.membership.session()?.peerId === known.peerId);
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
});
