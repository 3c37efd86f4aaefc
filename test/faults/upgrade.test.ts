import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { RunningNode } from "../../scripts/network/index.ts";
import { expectPing, faultMesh, mendMs, ofType, untilRelayed, untilWell } from "./fixture.ts";

describe("faults: upgrade", function () {
  this.timeout(6 * mendMs);
  const mesh = faultMesh();

  it("a node behind relays is found and reached all the while these are stopped and started, one after the other", async () => {
    const network = mesh();
    const [behind = "", from = ""] = ofType(network, "light_private");
    const relays = ofType(network, "light_public");
    const client = network.node(behind);
    await untilRelayed(client, new Set(relays.map((name) => network.node(name).peerId)));
    const visits = visit(network.node(from), client);
    const told: { clients: number; moved: number }[] = [];
    for (const name of relays) {
      const { peerId, folder } = network.node(name);
      await network.stopNode(name);
      const held = (await client.status()).overlay.relays;
      expect(held, `without ${name}`).to.not.include(peerId).and.not.have.length(0);
      told.push(...(await drainsOf(folder)));
      await network.startNode(name);
      await untilWell(network, [name]);
    }
    const { tries, failures } = await visits.end();
    expect(failures).to.deep.equal([]);
    expect(tries).to.be.greaterThan(relays.length);
    // Clients had moved before their relay went, rather than found out that it had gone.
    expect(told.filter(({ clients, moved }) => clients > 0 && moved === clients)).to.not.have.length(0);
  });
});

/** Looks a node up and pings it, over and over, as its users would: what fails is tried once more, at once. */
function visit(from: RunningNode, to: RunningNode) {
  const ending = new AbortController();
  const failures: string[] = [];
  let tries = 0;
  const run = async () => {
    while (!ending.signal.aborted) {
      tries++;
      await expectPing(from, to)
        .catch(() => expectPing(from, to))
        .catch((error: Error) => failures.push(error.message));
      await delay(50);
    }
  };
  const running = run();
  return {
    async end() {
      ending.abort();
      await running;
      return { tries, failures };
    },
  };
}

/** What a relay that has stopped wrote of its clients. */
async function drainsOf(folder: string): Promise<{ clients: number; moved: number }[]> {
  const log = await readFile(join(folder, "daemon.log"), "utf8");
  return log.split("\n").flatMap((line) => (line.includes('"moved":') ? [JSON.parse(line)] : []));
}
