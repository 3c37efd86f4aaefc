import { expect } from "chai";
import type { Hex } from "viem";
import { asOperator, emptyNexus, gasOf, networkHelpers, registerNode, UNBONDING_S, underCoverage } from "./fixture.ts";

/** Whole transactions through the proxy, and the most that one of them may cost. */
const CEILINGS = { register: 150_000, heartbeat: 32_000, topUp: 36_000, deregister: 55_000, withdraw: 45_000 };

describe("NodeNexus gas", () => {
  before(function () {
    if (underCoverage) this.skip();
  });
  const most = (gas: bigint[]) => Number(gas.reduce((a, b) => (a > b ? a : b)));

  async function fortyNodes() {
    const { nexus } = await emptyNexus();
    const peerIDs: Hex[] = [];
    const registrations: bigint[] = [];
    for (let i = 0; i < 40; i++) {
      const { peerID, hash } = await registerNode(nexus);
      peerIDs.push(peerID);
      registrations.push(await gasOf(hash));
    }
    // The first node of a region also opens the region's books.
    return { nexus, peerIDs, register: most(registrations.slice(1)) };
  }

  it("stays under the ceilings, registration to withdrawal", async () => {
    const { nexus, peerIDs, register } = await networkHelpers.loadFixture(fortyNodes);
    const mostOf = async (send: (peerID: Hex) => Promise<Hex>) => {
      const gas: bigint[] = [];
      for (const peerID of peerIDs) gas.push(await gasOf(await send(peerID)));
      return most(gas);
    };
    const heartbeat = await mostOf((peerID) => nexus.write.heartbeat([peerID], asOperator));
    const topUp = await mostOf((peerID) => nexus.write.topUp([peerID], { ...asOperator, value: 10n ** 18n }));
    const deregister = await mostOf((peerID) => nexus.write.deregister([peerID], asOperator));
    await networkHelpers.time.increase(UNBONDING_S);
    const withdraw = await mostOf((peerID) => nexus.write.withdraw([peerID], asOperator));

    const seen = { register, heartbeat, topUp, deregister, withdraw };
    for (const [operation, gas] of Object.entries(seen)) {
      expect(gas, operation).to.be.at.most(CEILINGS[operation as keyof typeof CEILINGS]);
    }
  });
});
