import { expect } from "chai";
import { getAddress } from "viem";
import { regionId } from "../../scripts/deploy/parameters.ts";
import {
  asOperator,
  asStranger,
  assertions,
  createNode,
  deployNexus,
  EUROPE,
  emptyNexus,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  malleate,
  networkHelpers,
  operator,
  prove,
  publicClient,
  registerNode,
  registrationOf,
  soon,
  stranger,
  timeOf,
} from "./fixture.ts";

describe("NodeNexus.register", () => {
  const load = () => networkHelpers.loadFixture(emptyNexus);

  it("makes the caller the operator and the value sent the stake", async () => {
    const { nexus } = await load();
    const { peerID, hash } = await registerNode(nexus, { value: MINIMUM + 5n });
    expect(await nexus.read.nodes([peerID])).to.deep.equal({
      peerID,
      nodeType: LIGHT_PUBLIC,
      region: EUROPE,
      operator: getAddress(operator.account.address),
      bandwidthMbps: 100,
      stake: MINIMUM + 5n,
      lastSeen: await timeOf(hash),
      active: true,
    });
    expect(await publicClient.getBalance({ address: nexus.address })).to.equal(MINIMUM + 5n);
  });

  it("tells an indexer all it needs in one event", async () => {
    const { nexus } = await load();
    const node = createNode();
    const { hash } = await registerNode(nexus, { node });
    await assertions.emitWithArgs(Promise.resolve(hash), nexus, "NodeRegistered", [
      node.peerID,
      getAddress(operator.account.address),
      LIGHT_PUBLIC,
      EUROPE,
      100,
      MINIMUM,
      node.nodeKey.address,
      node.mlDsaKeyHash,
    ]);
  });

  it("starts every node at a score of 50", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus);
    expect(await nexus.read.scoreOf([peerID])).to.equal(50);
  });

  it("asks no stake of a private node", async () => {
    const { nexus } = await load();
    const { peerID } = await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n });
    const { stake, active } = await nexus.read.nodes([peerID]);
    expect({ stake, active }).to.deep.equal({ stake: 0n, active: true });
  });

  it("takes a public node with exactly the minimum, and none with a wei less", async () => {
    const { nexus } = await load();
    await registerNode(nexus, { value: MINIMUM });
    await assertions.revertWithCustomErrorWithArgs(registerNode(nexus, { value: MINIMUM - 1n }), nexus, "StakeTooLow", [
      MINIMUM - 1n,
      MINIMUM,
    ]);
  });

  it("rejects a proof that names another operator", async () => {
    const { nexus } = await load();
    const node = createNode();
    const registration = await registrationOf(node, nexus);
    await assertions.revertWithCustomError(
      nexus.write.register([registration], { ...asStranger, value: MINIMUM }),
      nexus,
      "PeerIdMismatch",
    );
  });

  it("rejects an ID that is not made of the two keys, and says which one would be", async () => {
    const { nexus } = await load();
    const [node, other] = [createNode(), createNode()];
    const claim = { ...node, peerID: other.peerID };
    const registration = await registrationOf(claim, nexus);
    await assertions.revertWithCustomErrorWithArgs(
      nexus.write.register([registration], { ...asOperator, value: MINIMUM }),
      nexus,
      "PeerIdMismatch",
      [other.peerID, node.peerID],
    );
  });

  it("rejects another ML-DSA key under the same node key", async () => {
    const { nexus } = await load();
    const { mlDsaKeyHash } = createNode();
    await assertions.revertWithCustomError(registerNode(nexus, { mlDsaKeyHash }), nexus, "PeerIdMismatch");
  });

  it("rejects the malleable twin of a good signature", async () => {
    const { nexus } = await load();
    const node = createNode();
    const deadline = await soon();
    const nodeSignature = malleate(await prove(node, nexus, { deadline }));
    await assertions.revertWithCustomError(
      registerNode(nexus, { node, nodeSignature, deadline }),
      nexus,
      "InvalidNodeSignature",
    );
  });

  for (const [what, nodeSignature] of [
    ["an empty", "0x"],
    ["a truncated", `0x${"11".repeat(64)}`],
    ["an overlong", `0x${"11".repeat(66)}`],
    ["a meaningless", `0x${"00".repeat(65)}`],
  ] as const) {
    it(`rejects ${what} signature`, async () => {
      const { nexus } = await load();
      await assertions.revertWithCustomError(registerNode(nexus, { nodeSignature }), nexus, "InvalidNodeSignature");
    });
  }

  it("rejects a proof made for another chain", async () => {
    const { nexus } = await load();
    const node = createNode();
    const deadline = await soon();
    const nodeSignature = await prove(node, nexus, { chainId: 137, deadline });
    await assertions.revertWithCustomError(
      registerNode(nexus, { node, nodeSignature, deadline }),
      nexus,
      "PeerIdMismatch",
    );
  });

  it("rejects a proof made for another proxy", async () => {
    const { nexus } = await load();
    const node = createNode();
    const deadline = await soon();
    const nodeSignature = await prove(node, await deployNexus(), { deadline });
    await assertions.revertWithCustomError(
      registerNode(nexus, { node, nodeSignature, deadline }),
      nexus,
      "PeerIdMismatch",
    );
  });

  it("takes a proof until its deadline, and none after it", async () => {
    const { nexus } = await load();
    const node = createNode();
    const deadline = await soon();
    const nodeSignature = await prove(node, nexus, { deadline });
    await networkHelpers.time.setNextBlockTimestamp(deadline + 1n);
    await assertions.revertWithCustomErrorWithArgs(
      registerNode(nexus, { node, nodeSignature, deadline }),
      nexus,
      "ProofExpired",
      [deadline],
    );
    const last = await soon();
    const fresh = await registrationOf(node, nexus, { deadline: last });
    await networkHelpers.time.setNextBlockTimestamp(last);
    await nexus.write.register([fresh], { ...asOperator, value: MINIMUM });
  });

  it("rejects a proof that would count for more than a day", async () => {
    const { nexus } = await load();
    const now = BigInt(await networkHelpers.time.latest()) + 10n;
    const latest = now + 24n * 3600n;
    const node = createNode();
    const tooLong = await registrationOf(node, nexus, { deadline: latest + 1n });
    const longest = await registrationOf(node, nexus, { deadline: latest });
    const options = { ...asOperator, value: MINIMUM };
    await networkHelpers.time.setNextBlockTimestamp(now);
    await assertions.revertWithCustomErrorWithArgs(nexus.write.register([tooLong], options), nexus, "ProofTooLong", [
      latest + 1n,
      latest,
    ]);
    await nexus.write.register([longest], options);
  });

  it("rejects a proof whose deadline was changed", async () => {
    const { nexus } = await load();
    const node = createNode();
    const deadline = await soon();
    const nodeSignature = await prove(node, nexus, { deadline });
    await assertions.revertWithCustomError(
      registerNode(nexus, { node, nodeSignature, deadline: deadline + 1n }),
      nexus,
      "PeerIdMismatch",
    );
  });

  it("gives a free ID to nobody whose proof is of an earlier registration", async () => {
    const { nexus } = await load();
    const node = createNode();
    const first = await registrationOf(node, nexus);
    const options = { ...asOperator, value: MINIMUM };
    await nexus.write.register([first], options);
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(7 * 24 * 3600);
    await nexus.write.withdraw([node.peerID], asOperator);
    await assertions.revertWithCustomErrorWithArgs(nexus.write.register([first], options), nexus, "ProofExpired", [
      first.deadline,
    ]);
  });

  it("rejects a region that governance does not list", async () => {
    const { nexus } = await load();
    const region = regionId("atlantis");
    await assertions.revertWithCustomErrorWithArgs(registerNode(nexus, { region }), nexus, "UnknownRegion", [region]);
  });

  it("rejects a region that governance closed", async () => {
    const { nexus } = await load();
    await nexus.write.setRegion([EUROPE, false]);
    await assertions.revertWithCustomErrorWithArgs(registerNode(nexus), nexus, "RegionClosed", [EUROPE]);
  });

  for (const bandwidthMbps of [0, 10_000_001]) {
    it(`rejects a bandwidth of ${bandwidthMbps} Mbit/s`, async () => {
      const { nexus } = await load();
      await assertions.revertWithCustomErrorWithArgs(
        registerNode(nexus, { bandwidthMbps }),
        nexus,
        "InvalidBandwidth",
        [bandwidthMbps],
      );
    });
  }

  it("rejects a node type that does not exist", async () => {
    const { nexus } = await load();
    await assertions.revert(registerNode(nexus, { nodeType: 3 }));
  });

  it("rejects an ID that is registered, also while it unbonds", async () => {
    const { nexus } = await load();
    const node = createNode();
    await registerNode(nexus, { node });
    const again = () => registerNode(nexus, { node });
    await assertions.revertWithCustomErrorWithArgs(again(), nexus, "AlreadyRegistered", [node.peerID]);
    await nexus.write.deregister([node.peerID], asOperator);
    await assertions.revertWithCustomErrorWithArgs(again(), nexus, "AlreadyRegistered", [node.peerID]);
  });

  it("gives a withdrawn ID to another operator that the node names", async () => {
    const { nexus } = await load();
    const node = createNode();
    await registerNode(nexus, { node });
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(7 * 24 * 3600);
    await nexus.write.withdraw([node.peerID], asOperator);

    const registration = await registrationOf(node, nexus, { operatorAddress: stranger.account.address });
    await nexus.write.register([registration], { ...asStranger, value: MINIMUM });
    const { operator: now, active } = await nexus.read.nodes([node.peerID]);
    expect({ now, active }).to.deep.equal({ now: getAddress(stranger.account.address), active: true });
    expect(await nexus.read.getPublicLightNodes([EUROPE, 10n])).to.deep.equal([node.peerID]);
  });
});
