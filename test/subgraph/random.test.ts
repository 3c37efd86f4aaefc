import { expect } from "chai";
import { BaseError } from "viem";
import { createRandom } from "../harness/random.ts";
import { expectAgreement } from "./agreement.ts";
import { openNetwork } from "./network.ts";
import { createOperations } from "./operations.ts";

const rounds = 800;
const comparedEvery = 80;

describe("subgraph, at random", () => {
  it("agrees with the chain whatever was done, in whatever order", async () => {
    const network = await openNetwork();
    const random = createRandom(20_261_121);
    const operations = await createOperations(network, random);
    const names = Object.keys(operations);
    const done = new Map(names.map((name) => [name, 0]));
    for (let round = 1; round <= rounds; round++) {
      const name = random.pick(names);
      const carriedOut = await attempt(operations[name]);
      if (carriedOut) done.set(name, (done.get(name) ?? 0) + 1);
      if (round % comparedEvery === 0) await expectAgreement(network);
    }
    const never = names.filter((name) => done.get(name) === 0);
    expect(never, "operations that the contracts always refused").to.deep.equal([]);
  }).timeout(180_000);
});

/** Whether the contracts let it happen. */
async function attempt(operation: (() => Promise<unknown>) | undefined): Promise<boolean> {
  try {
    await operation?.();
    return true;
  } catch (error) {
    const refused = error instanceof BaseError || /there is no Channel|nothing to pick from/.test(String(error));
    if (!refused) throw error;
    return false;
  }
}
