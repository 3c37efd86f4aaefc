import { expect } from "chai";
import {
  asOperator,
  asPauser,
  asStranger,
  LIGHT_PRIVATE,
  networkHelpers,
  pauser,
  registerNode,
  stranger,
  type TestNode,
  UNBONDING_S,
} from "../contracts/fixture.ts";
import { contradictionOf } from "../contracts/slashing/court.ts";
import { expectAgreement } from "./agreement.ts";
import { type Network, openNetwork, poolOf } from "./network.ts";

const SHM = 10n ** 18n;
const PER_WEI = 10n ** 6n;
const WINDOW_S = 2 * 24 * 3600;

const report = async ({ slashing, nexus }: Network, node: TestNode, sequence = 1n) =>
  slashing.write.report([await contradictionOf(node, nexus.address, sequence)], asStranger);

describe("subgraph/slashing", () => {
  it("tells a report, who dismissed it, and that nothing was taken", async () => {
    const network = await openNetwork();
    const node = await registerNode(network.nexus);
    await report(network, node);
    await expectAgreement(network);
    await network.slashing.write.dismiss([node.peerID], asPauser);
    await expectAgreement(network);
    const [dismissed] = await network.all("Report");
    expect(dismissed).to.deep.include({ status: "DISMISSED", sequence: 1n, dismissedBy: pauser.account.address });
    expect(dismissed).to.not.have.property("burnt");
    expect(await network.all("Slash")).to.deep.equal([]);
  });

  it("takes a penalty from stake and from each unbonding, as often as it is slashed", async () => {
    const network = await openNetwork();
    const { nexus, slashing } = network;
    const node = await registerNode(nexus);
    const pool = await poolOf(network, node.peerID);
    await nexus.write.setCommission([node.peerID, 0], asOperator);
    await nexus.write.stake([node.peerID, 0n], { ...asStranger, value: 10n * SHM + 7n });
    await nexus.write.unstake([pool, 3n * SHM * PER_WEI], asStranger);
    for (const sequence of [1n, 2n, 3n]) {
      await report(network, node, sequence);
      await expectAgreement(network);
      await networkHelpers.time.increase(WINDOW_S);
      await slashing.write.execute([node.peerID]);
      await nexus.write.unstake([pool, SHM], asStranger);
      await expectAgreement(network);
    }
    const reports = await network.all("Report");
    expect(reports.map(({ status }) => status)).to.deep.equal(["EXECUTED", "EXECUTED", "EXECUTED"]);
    const [first] = reports;
    expect(first?.reporter).to.equal(stranger.account.address);
    const [slash] = await network.all("Slash");
    expect(Number(first?.burnt)).to.be.greaterThan(Number(first?.toReporter));
    expect(BigInt(String(first?.burnt)) + BigInt(String(first?.toReporter))).to.equal(
      BigInt(String(slash?.fromStake)) + BigInt(String(slash?.fromUnbonding)),
    );
    await networkHelpers.time.increase(UNBONDING_S);
    for (let left = 4; left > 0; left--) await nexus.write.withdrawUnstaked([pool, 0n], asStranger);
    await expectAgreement(network);
  });

  it("finds the penalty of a pool where nearly all unbonds, and of one that holds nothing", async () => {
    const network = await openNetwork();
    const { nexus, slashing } = network;
    const [leaving, empty] = [
      await registerNode(nexus),
      await registerNode(nexus, { nodeType: LIGHT_PRIVATE, value: 0n }),
    ];
    const pool = await poolOf(network, leaving.peerID);
    await nexus.write.deregister([leaving.peerID], asOperator);
    await nexus.write.unstake([pool, 99n * SHM * PER_WEI], asOperator);
    for (const node of [leaving, empty]) await report(network, node);
    await networkHelpers.time.increase(WINDOW_S);
    for (const node of [leaving, empty]) await slashing.write.execute([node.peerID]);
    await expectAgreement(network);
    expect((await network.entity("Pool", String(pool))).survival).to.equal((10n ** 18n * 9n) / 10n);
  });

  it("holds what a node is accused of against its peer ID when it comes back", async () => {
    const network = await openNetwork();
    const { nexus, slashing } = network;
    const node = await registerNode(nexus);
    await nexus.write.deregister([node.peerID], asOperator);
    await networkHelpers.time.increase(UNBONDING_S - 24 * 3600);
    await report(network, node);
    await networkHelpers.time.increase(UNBONDING_S);
    await nexus.write.withdraw([node.peerID], asOperator);
    await registerNode(nexus, { node });
    await expectAgreement(network);
    await slashing.write.execute([node.peerID]);
    await expectAgreement(network);
    expect((await network.all("Report"))[0]?.status).to.equal("EXECUTED");
  });
});
