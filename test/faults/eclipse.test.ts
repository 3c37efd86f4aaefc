import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { apiKeyPath } from "../../node/api-key.ts";
import { recordCopies } from "../../node/core/overlay/dht-servers.ts";
import { discoveryRoutes } from "../../node/services/discovery/api.ts";
import type { RunningNode } from "../../scripts/network/index.ts";
import { until } from "../harness/until.ts";
import {
  expectReached,
  faultMesh,
  mendMs,
  ofType,
  signedRecordOf,
  startAll,
  untilPing,
  untilWell,
  verifier,
} from "./fixture.ts";
import { squat } from "./squatters.ts";

describe("faults: an eclipse", function () {
  this.timeout(8 * mendMs);
  const mesh = faultMesh();
  let squatters: Awaited<ReturnType<typeof squat>> | undefined;
  after(() => squatters?.stop());

  it("keeps nobody from finding the node near whose key all hostile servers are, by the DHT alone either", async () => {
    const network = mesh();
    const verify = verifier(network);
    const hidden = network.members.filter(({ type }) => type === "light_private");
    const [victim, ...others] = hidden;
    if (victim === undefined) throw new Error("the mesh has private nodes");
    const old = await signedRecordOf(network.node(victim.name));
    const servers = await Promise.all(
      ofType(network, "backbone_auth", "light_public").map(async (name) =>
        verify(await signedRecordOf(network.node(name))),
      ),
    );
    squatters = await squat({ ...victim, peerId: network.node(victim.name).peerId, old }, servers, verify);

    // The victim announces itself anew among them, and two others know nothing of it: one is of its region.
    const neighbour = others.find(({ region }) => region === victim.region);
    const stranger = others.find(({ region }) => region !== victim.region);
    const restarted = [victim, neighbour, stranger].flatMap((member) => member?.name ?? []);
    expect(restarted).to.have.length(3);
    await Promise.all(restarted.map((name) => network.stopNode(name)));
    await startAll(network, restarted);
    await untilWell(network, restarted);
    // Those that the contract does not list are nobody's DHT servers.
    for (const { name } of network.members) {
      expect(await knownServers(network.node(name), "global"), name).to.be.within(1, servers.length);
    }
    const node = network.node(victim.name);
    const { sequence: oldSequence } = await verify(old);
    const find = (from: RunningNode) => from.client.call(discoveryRoutes.lookup, { peerId: node.peerId });

    const [, first = ""] = restarted;
    // A server that was too busy when the victim came back has the record of before until it is given this one.
    await until(() => isSpread(node), Boolean, mendMs);
    expect((await find(network.node(first))).sequence).to.be.greaterThan(oldSequence);
    await untilPing(network.node(first), node);

    // Without a backbone there is the DHT alone.
    const backbones = ofType(network, "backbone_auth");
    await Promise.all(backbones.map((name) => network.stopNode(name, "SIGKILL")));
    try {
      // Who was connected to the victim since may have its record already; most have not.
      const askers = ofType(network, "light_public", "light_private").filter((name) => name !== victim.name);
      const found = await Promise.all(askers.map((name) => find(network.node(name))));
      const byDht = found.filter(({ source }) => source === "regional-dht" || source === "global-dht");
      expect(byDht, "found by the DHT").to.not.have.length(0);
      expect(
        byDht.some(({ sequence }) => sequence > oldSequence),
        "the record of now, by the DHT",
      ).to.equal(true);
      // A server that the victim has not learnt of yet has the record of before as long as that is valid: who follows it
      // in vain asks all of them, and takes the newest.
      for (const name of askers) await untilPing(network.node(name), node);
    } finally {
      await startAll(network, backbones);
    }
    const all = network.members.map(({ name }) => name);
    // All backbones at once have each other to wait for.
    await untilWell(network, all, 3 * mendMs);
    await expectReached(network, all, 1);
  });
});

/** How many servers a node has in its table of a DHT, by its own metrics. */
async function knownServers({ folder }: RunningNode, view: "regional" | "global"): Promise<number> {
  const { url, key } = JSON.parse(await readFile(apiKeyPath(folder), "utf8"));
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  return Number(new RegExp(`^shadowmesh_dht_servers\\{view="${view}"\\} (\\d+)$`, "m").exec(await answer.text())?.[1]);
}

/** Whether all servers that are to have a node's record took the newest one, by what it tells its owner. */
async function isSpread(node: RunningNode): Promise<boolean> {
  const { progress } = await node.status();
  const [, global, regional] = /(\d+) DHT servers?, and (\d+) in/.exec(progress.at(-1)?.detail ?? "") ?? [];
  const copies = async (view: "regional" | "global") => Math.min(recordCopies, await knownServers(node, view));
  return Number(global) >= (await copies("global")) && Number(regional) >= (await copies("regional"));
}
