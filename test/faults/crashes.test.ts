import { expect } from "chai";
import { until } from "../harness/until.ts";
import { expectReached, faultMesh, mendMs, ofType, startAll, untilRelayed, untilWell } from "./fixture.ts";

describe("faults: crashes", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();

  it("after a quarter of the light nodes crashed at once, all others are found and reached; those return", async () => {
    const network = mesh();
    const light = ofType(network, "light_public", "light_private");
    // Every fourth one: of both kinds and all regions, relays of others among them.
    const dead = light.filter((_, index) => index % 4 === 0);
    const alive = light.filter((name) => !dead.includes(name));
    await Promise.all(dead.map((name) => network.stopNode(name, "SIGKILL")));

    await untilWell(network, alive);
    const running = new Set(alive.map((name) => network.node(name).peerId));
    const isPrivate = new Set(ofType(network, "light_private"));
    await Promise.all(
      alive.filter((name) => isPrivate.has(name)).map((name) => untilRelayed(network.node(name), running)),
    );
    await expectReached(network, alive);

    await startAll(network, dead);
    await untilWell(network, light);
    await expectReached(network, light, 1);
  });

  it("after one backbone of three crashed, its nodes are found through another, and everybody is reached", async () => {
    const network = mesh();
    const light = ofType(network, "light_public", "light_private");
    const backboneOf = async (name: string) => (await network.node(name).status()).backbone?.peerId;
    const backbones = await Promise.all(light.map(backboneOf));
    // The one that most nodes hold: an earlier fault may have left another without any until they measure again.
    const nodesOf = (name: string) => light.filter((_, index) => backbones[index] === network.node(name).peerId);
    const [lost = ""] = ofType(network, "backbone_auth").sort((a, b) => nodesOf(b).length - nodesOf(a).length);
    const { peerId } = network.node(lost);
    const orphans = nodesOf(lost);
    expect(orphans).to.not.have.length(0);

    await network.stopNode(lost, "SIGKILL");
    for (const name of orphans) {
      await until(
        () => backboneOf(name),
        (id) => id !== undefined && id !== peerId,
        mendMs,
      );
    }
    await untilWell(network, light);
    await expectReached(network, light, 1);

    await network.startNode(lost);
    await untilWell(network, [lost]);
  });
});
