import { expect } from "chai";
import type { Hex } from "viem";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import { onionErrors, overlayErrors } from "../../../../node/core/overlay/index.ts";
import type { NodeRecord } from "../../../../node/core/records/index.ts";
import { createOnionReach, type Lookup } from "../../../../node/services/discovery/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { soon } from "../../../harness/mesh.ts";

const [self, target, avoided, gone] = [1, 2, 3, 4].map((n) => identityOf(n).peerId) as [Hex, Hex, Hex, Hex];
const relays = [5, 6, 7, 8].map((n) => identityOf(n).peerId);

describe("services/discovery/onion-reach", () => {
  const records = new Map<Hex, NodeRecord>();
  before(async () => {
    for (const n of [2, 3, 5, 6, 7, 8]) {
      const record = await verifyAt()(await recordOf(identityOf(n)));
      records.set(record.peerId, record);
    }
  });
  const lookup: Lookup = async (peerId) => {
    const record = records.get(peerId);
    if (record === undefined) throw new ShadowMeshError(overlayErrors.PEER_NOT_FOUND);
    return { record, source: "cache", elapsedMs: 0 };
  };

  /** Paths over a list of relays, some of which fail. */
  function createTestReach(
    options: { listed?: Hex[]; broken?: Hex[]; failure?: ShadowMeshError; weight?: (relay: Hex) => number } = {},
  ) {
    const { listed = [self, target, avoided, gone, ...relays], broken = [], weight = () => 1 } = options;
    const { failure = new ShadowMeshError(onionErrors.HOP_REFUSED) } = options;
    const tried: Hex[][] = [];
    const reach = createOnionReach({
      self,
      lookup,
      directory: {
        list: async () => ({ ours: listed.slice(0, 3), others: listed.slice(3) }),
        weigh: async () => weight,
      },
      avoids: (relay) => relay === avoided,
      overlay: {
        async connectThrough(path, record) {
          expect(record.peerId).to.equal(target);
          tried.push(path.map(({ peerId }) => peerId));
          if (path.some(({ peerId }) => broken.includes(peerId))) throw failure;
          return {} as never;
        },
      },
    });
    return { reach, tried };
  }

  it("takes other relays than the two ends, those that lied, and those that are not found, by chance", async () => {
    const firsts = new Set<Hex | undefined>();
    for (let round = 0; round < 64; round++) {
      const { reach } = createTestReach();
      const path = (await reach(target, 3, soon())).relays;
      expect(relays).to.include.members([...path]);
      expect(new Set(path).size).to.equal(3);
      firsts.add(path[0]);
    }
    expect(firsts.size).to.equal(relays.length);
  });

  it("takes the better scored more often, and the others too", async () => {
    const [better = "0x"] = relays;
    const firsts: (Hex | undefined)[] = [];
    for (let round = 0; round < 400; round++) {
      const { reach } = createTestReach({ weight: (relay) => (relay === better ? 4 : 1) });
      firsts.push((await reach(target, 2, soon())).relays[0]);
    }
    // Four of seven, give or take six standard deviations.
    expect(firsts.filter((relay) => relay === better).length).to.be.within(169, 288);
    expect(new Set(firsts).size).to.equal(relays.length);
  });

  it("takes those that it has not tried where one fails, and gives up after three paths", async () => {
    const [broken = "0x"] = relays;
    let seen = 0;
    for (let round = 0; round < 32; round++) {
      const { reach, tried } = createTestReach({ broken: [broken] });
      await reach(target, 2, soon()).catch((error) => expect(error).to.have.property("code", "HOP_REFUSED"));
      if (tried.length < 2) continue;
      seen++;
      expect(tried[0]).to.include(broken);
      expect(tried[1]).to.not.include.members(tried[0] ?? []);
    }
    expect(seen).to.be.above(0);
    const all = createTestReach({ broken: relays });
    await expectCode(all.reach(target, 2, soon()), "HOP_REFUSED");
    expect(all.tried).to.have.length(3);
  });

  it("says that there are too few, and does not try again what has to be paid", async () => {
    const few = createTestReach({ listed: [self, target, avoided, gone, ...relays.slice(0, 1)] });
    await expectCode(few.reach(target, 2, soon()), "TOO_FEW_RELAYS");
    expect(few.tried).to.deep.equal([]);
    const failure = new ShadowMeshError(overlayErrors.PAYMENT_REQUIRED);
    const unpaid = createTestReach({ broken: relays, failure });
    await expectCode(unpaid.reach(target, 2, soon()), "PAYMENT_REQUIRED");
    expect(unpaid.tried).to.have.length(1);
  });
});
