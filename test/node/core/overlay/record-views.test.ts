import { expect } from "chai";
import type { Hex } from "viem";
import { dhtProtocol } from "../../../../node/core/overlay/libp2p-node.ts";
import { regionalProtocol } from "../../../../node/core/overlay/regional-dht.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { createMesh, type MeshNode, soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";

describe("core/overlay/record-views", () => {
  const newNode = createMesh();

  /** A node for each region named, all connected to each other's servers; those that listen serve. */
  async function newMesh(servers: readonly string[], clients: readonly string[]) {
    const regions = [...servers, ...clients];
    const nodes = await Promise.all(
      regions.map((_, index) => newNode(index + 1, index < servers.length ? {} : { listen: [] })),
    );
    for (const [index, { overlay }] of nodes.entries()) {
      await overlay.joinRegion(regions[index] ?? null);
      await overlay.serveDht(index < servers.length);
      for (const server of nodes.slice(0, Math.min(index, servers.length))) {
        await overlay.connect(await server.record(), soon());
      }
    }
    for (const [index, node] of nodes.entries()) {
      const others = servers.filter((region, server) => server !== index && region === regions[index]);
      await knows(node, "regional", others.length);
      await knows(node, "global", servers.length - Number(index < servers.length));
    }
    return nodes as [MeshNode, MeshNode, MeshNode, ...MeshNode[]];
  }
  const knows = (node: MeshNode, view: "regional" | "global", servers: number) =>
    until(() => node.overlay.records[view].servers === servers);
  const speaks = async (from: MeshNode, to: MeshNode, region: string) => {
    const stream = await from.overlay
      .connectionTo(to.peerId)
      ?.open(regionalProtocol(region), soon())
      .catch(() => null);
    stream?.abort(new Error("only asked"));
    return stream !== null && stream !== undefined;
  };

  it("keep a region's records at its own servers, and all records at those of every region", async () => {
    const mesh = await newMesh(["europe", "europe", "africa"], ["europe", "europe", "africa"]);
    const [, , african, alice, bob, carol] = mesh as unknown as Record<3 | 4 | 5, MeshNode> & MeshNode[];
    if (!african || !alice || !bob || !carol) throw new Error("six nodes were started");
    const signed = await alice.signed({ addresses: ["/ip4/192.0.2.1/tcp/4100"] });
    const { regional, global } = alice.overlay.records;
    expect(await regional.put(alice.peerId, signed, soon())).to.equal(2);
    expect((await bob.overlay.records.regional.get(alice.peerId, soon()))?.signed).to.deep.equal(signed);
    for (const node of [african, carol]) {
      for (const view of ["regional", "global"] as const) {
        const found = await node.overlay.records[view].get(alice.peerId, soon()).catch(() => null);
        expect(found, view).to.equal(null);
      }
    }
    expect(await global.put(alice.peerId, signed, soon())).to.equal(3);
    expect((await carol.overlay.records.global.get(alice.peerId, soon()))?.signed).to.deep.equal(signed);
    expect(await carol.overlay.records.regional.get(alice.peerId, soon())).to.equal(null);
  });

  it("follow a node into another region: it serves there, knows who serves there, and no longer where it was", async () => {
    const [moving, staying, other] = await newMesh(["europe", "europe", "africa"], []);
    expect(await speaks(staying, moving, "europe")).to.equal(true);
    await moving.overlay.joinRegion("africa");
    expect(await speaks(staying, moving, "europe")).to.equal(false);
    await until(() => speaks(other, moving, "africa"));
    // It was connected to the African server long before it was one of its region.
    await knows(moving, "regional", 1);
    expect(await moving.overlay.records.regional.put(moving.peerId, await moving.signed(), soon())).to.equal(1);
    await moving.overlay.joinRegion(null);
    expect(moving.overlay.records.regional.servers).to.equal(0);
    expect(await moving.overlay.records.regional.put(moving.peerId, await moving.signed(), soon())).to.equal(0);
    await expectCode(moving.overlay.records.regional.get(other.peerId, soon()), "DHT_UNREACHABLE");
    await moving.overlay.joinRegion("europe");
    await until(() => speaks(staying, moving, "europe"));
  });

  it("ask without answering where a node serves nothing", async () => {
    const [server, client] = await newMesh(["europe"], ["europe"]);
    expect(await client.overlay.records.regional.put(client.peerId, await client.signed(), soon())).to.equal(1);
    expect(await speaks(server, client, "europe")).to.equal(false);
    await client.overlay.serveDht(true);
    await until(() => speaks(server, client, "europe"));
    await client.overlay.serveDht(false);
    expect(await speaks(server, client, "europe")).to.equal(false);
  });

  it("give the first valid record that a server has, though another one never answers", async () => {
    const [, alice, bob] = await newMesh(["europe"], ["europe", "europe"]);
    const signed = await alice.signed();
    expect(await alice.overlay.records.regional.put(alice.peerId, signed, soon())).to.equal(1);
    const mute = await newNode(9);
    await mute.overlay.handle(regionalProtocol("europe"), () => new Promise(() => undefined), { maxInboundStreams: 9 });
    await bob.overlay.connect(await mute.record(), soon());
    await knows(bob, "regional", 2);
    const { regional } = bob.overlay.records;
    // Who hears all out waits until the mute one's time runs out.
    const newest = regional.get(alice.peerId, soon(), { newest: true });
    const first = regional.get(alice.peerId, soon());
    const answered = await Promise.race([first.then(() => "the first"), newest.then(() => "the newest")]);
    expect(answered).to.equal("the first");
    expect((await first)?.signed).to.deep.equal(signed);
    expect((await newest)?.signed).to.deep.equal(signed);
  });

  it("take no older record in one view than the server has seen in the other", async () => {
    const [, alice, mallory] = await newMesh(["europe"], ["europe", "europe"]);
    const [older, newer] = [await alice.signed({ sequence: 5 }), await alice.signed({ sequence: 6 })];
    expect(await alice.overlay.records.global.put(alice.peerId, newer, soon())).to.equal(1);
    expect(await mallory.overlay.records.regional.put(alice.peerId, older, soon()).catch(() => 0)).to.equal(0);
    expect(await alice.overlay.records.regional.get(alice.peerId, soon())).to.equal(null);
  });

  it("ask nobody but those who may serve a view, and keep no place for one that may no longer", async () => {
    const listed = new Set<Hex>();
    const mayServeDht = async (peerId: Hex) => listed.has(peerId);
    const servers = [await newNode(1), await newNode(2)];
    const [alice, bob] = [await newNode(3, { mayServeDht }), await newNode(4, { mayServeDht })];
    const squatter = await newNode(5);
    let asked = 0;
    for (const protocol of [dhtProtocol, regionalProtocol("europe")]) {
      const count = async () => void asked++;
      await squatter.overlay.handle(protocol, count, { maxInboundStreams: 100 });
    }
    for (const { overlay, peerId } of servers) {
      listed.add(peerId);
      await overlay.serveDht(true);
      await overlay.joinRegion("europe");
    }
    for (const { overlay } of [alice, bob]) {
      await overlay.joinRegion("europe");
      for (const server of [squatter, ...servers]) await overlay.connect(await server.record(), soon());
    }
    const signed = await alice.signed();
    for (const view of ["regional", "global"] as const) {
      for (const node of [alice, bob]) await knows(node, view, 2);
      expect(await alice.overlay.records[view].put(alice.peerId, signed, soon())).to.equal(2);
      const found = await bob.overlay.records[view].get(alice.peerId, soon(), { newest: true });
      expect(found?.signed, view).to.deep.equal(signed);
      expect(bob.overlay.records[view].servers).to.equal(2);
    }
    expect(asked).to.equal(0);
    listed.delete(servers[0]?.peerId ?? "0x");
    for (const view of ["regional", "global"] as const) {
      const found = await bob.overlay.records[view].get(alice.peerId, soon(), { newest: true });
      expect(found?.signed, view).to.deep.equal(signed);
      expect(bob.overlay.records[view].servers).to.equal(1);
    }
  });
});
