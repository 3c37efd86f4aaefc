import { expect } from "chai";
import { createDhtRole } from "../../node/dht-role.ts";
import { createTestMembership, registrationFor } from "../harness/membership.ts";
import { soon } from "../harness/mesh.ts";
import { until } from "../harness/until.ts";
import { silent } from "./api/fixture.ts";

const peerId = "0x00000000000000000000000000000000000000aa";

describe("the role in the DHT", () => {
  it("is taken at the next change where it could not be at once, and then no more", async () => {
    const calls: unknown[] = [];
    let fails = true;
    const overlay = {
      serveDht: async (serve: boolean) => void calls.push(serve),
      async joinRegion(region: string | null) {
        calls.push(region);
        if (fails) throw new Error("the region cannot be joined now");
      },
    };
    const registration = registrationFor(peerId);
    const membership = createTestMembership(registration);
    const role = createDhtRole({ overlay, membership, hosts: true, log: silent });
    await role.start(soon());
    expect(calls).to.deep.equal([true, "europe"]);
    fails = false;
    membership.set(registration);
    await until(() => calls.length === 4);
    expect(calls.slice(2)).to.deep.equal([true, "europe"]);
    membership.set(registration);
    membership.set(null);
    await role.stop();
    expect(calls.slice(4)).to.deep.equal([false, null]);
  });
});
