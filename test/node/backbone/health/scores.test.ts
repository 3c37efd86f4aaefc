import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Hex, stringToHex } from "viem";
import { stringify } from "yaml";
import { reputationAbi } from "../../../../contracts/generated/reputation.ts";
import { createServer } from "../../../../node/api/server.ts";
import { connectDaemon } from "../../../../node/api-key.ts";
import { backboneRoutes } from "../../../../node/backbone/api.ts";
import { loadConfig } from "../../../../node/config.ts";
import { readEvidence } from "../../../../node/core/evidence/evidence.ts";
import { createIdentityFile } from "../../../../node/core/identity/index.ts";
import { startDaemon } from "../../../../node/daemon.ts";
import { healthRoutes } from "../../../../node/services/health/api.ts";
import { startTestChain } from "../../../harness/anvil.ts";
import { shadowmesh } from "../../../harness/command.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf, seedOf } from "../../../harness/identities.ts";
import { soon } from "../../../harness/mesh.ts";
import { until } from "../../../harness/until.ts";
import { send, silent } from "../../api/fixture.ts";
import { type BackboneNode, createHealthNetwork, type HealthNetwork, type Node } from "./fixture.ts";

describe("backbone/health: scores by three backbones, on a real chain", function () {
  this.timeout(180_000);
  const chain = startTestChain();
  const newFolder = temporaryFolders();
  let network: HealthNetwork;
  let backbones: BackboneNode[];
  let alive: Node;
  let dying: Node;

  before(async () => {
    network = await createHealthNetwork(chain(), newFolder);
    backbones = [];
    for (const n of [1, 2, 3]) backbones.push(await network.startBackbone(n));
    [alive, dying] = [await network.startNode(11), await network.startNode(12)];
    // The backbones know who is registered by following the chain.
    for (const { backbone } of backbones) {
      await until(async () => (await backbone.lookup(dying.peerId).catch(() => null))?.registration ?? null);
    }
  });
  after(() => network?.stop());

  const runEpoch = async (present = backbones, attempt = 0) => {
    const epoch = await network.probeThrough(present);
    await network.close(epoch, attempt);
    const turns = await network.turn(present);
    return { epoch, turns };
  };
  const scores = async () => Promise.all([alive, dying].map(network.scoreOf));

  it("rise by ten while a node is there, and fall by ten while it is away; below 30 it leaves the look-ups", async () => {
    const first = await runEpoch();
    expect(first.turns.filter((turn) => turn === "submitted")).to.have.length(1);
    expect(await scores()).to.deep.equal([60, 60]);
    expect(await network.reputation.last()).to.deep.include({ epoch: first.epoch });

    network.reachable(dying, false);
    const seen: number[] = [];
    for (let round = 0; round < 4; round++) {
      expect(await network.publicNodes()).to.have.members([alive.peerId, dying.peerId]);
      await runEpoch();
      seen.push(await network.scoreOf(dying));
    }
    expect(seen).to.deep.equal([50, 40, 30, 20]);
    expect(await network.publicNodes()).to.deep.equal([alive.peerId]);
    expect(await network.scoreOf(alive)).to.be.at.least(70);
  });

  it("rise again once the node is back, and it returns to the look-ups", async () => {
    network.reachable(dying, true);
    await runEpoch();
    expect(await network.scoreOf(dying)).to.equal(30);
    expect(await network.publicNodes()).to.have.members([alive.peerId, dying.peerId]);
  });

  it("rest on evidence that every backbone publishes, and whose lines the contract verifies", async () => {
    const last = await network.reputation.last();
    await network.turn(backbones);
    const answers = await Promise.all(backbones.map(({ backbone }) => send(`${backbone.url}/api/evidence`)));
    for (const { json } of answers) {
      expect(json).to.deep.include({ ...last, published: true });
      expect(json.lines).to.deep.equal(answers[0]?.json.lines);
    }
    const evidence = readEvidence(answers[0]?.json.lines);
    expect(evidence.reports.map(({ prober }) => prober)).to.have.members(backbones.map(({ peerId }) => peerId));
    const about = `${backbones[1]?.backbone.url}/api/evidence/node?peer_id=${dying.peerId}&epoch=${last?.epoch}`;
    const { leaves } = (await send(about)).json as { leaves: { line: string; proof: Hex[] }[] };
    // Its epoch, its rating, and two probes of each backbone.
    expect(leaves.map(({ line }) => JSON.parse(line).kind)).to.deep.equal(["epoch", "node", ...Array(6).fill("probe")]);
    for (const { line, proof } of leaves) {
      const verify = (text: string) =>
        network.chain.client.readContract({
          address: network.reputation.address,
          abi: reputationAbi,
          functionName: "verifyEvidence",
          args: [BigInt(last?.epoch ?? 0), stringToHex(text), proof],
        });
      expect(await verify(line)).to.equal(true);
      expect(await verify(`${line} `)).to.equal(false);
    }
  });

  it("are replayed from what several backbones publish, and agree with the chain", async () => {
    const scores = network.scoresSeenBy(alive);
    const replay = await scores.replay(dying.peerId, soon());
    const last = await network.reputation.last();
    expect(replay).to.deep.include({ ...last, score: 30, before: 20, expected: 30, agrees: true });
    expect(replay.probes).to.deep.equal({ asked: 6, answered: 6, probers: 3 });
    expect(replay.history).to.deep.equal([
      [2, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [2, 2],
    ]);
    expect(replay.uptime).to.equal(3_333);
    expect(replay.availability).to.equal(10_000);
    expect(replay.sources)
      .to.deep.equal(replay.sources.map(({ url }) => ({ url, state: "same" })))
      .and.have.length(3);
    expect(await scores.scoreOf(dying.peerId)).to.deep.include({ score: 30, lookedUp: true, epoch: last?.epoch });
    await expectCode(scores.scoreOf(identityOf(99).peerId), "NODE_UNKNOWN");
  });

  it("are replayed by a daemon, and its answer shown to people and to machines", async () => {
    const folder = await newFolder();
    await createIdentityFile(folder, seedOf(21));
    const { nexusAddress, now } = network;
    const options = {
      chain: { rpcUrl: chain().rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 100 },
      overlay: { listen: ["/ip4/127.0.0.1/tcp/0"], dataPort: 0, udpPort: null },
      api: { port: 0 },
    };
    await writeFile(join(folder, "config.yaml"), stringify(options));
    const deps = { folder, log: silent, requestStop: () => undefined, now };
    const daemon = await startDaemon(await loadConfig(folder), deps, soon());
    try {
      const ask = (...args: string[]) => shadowmesh(folder, ["score", dying.peerId, ...args, "--data", folder]);
      const { client } = await connectDaemon(folder);
      const replay = await client.call(healthRoutes.replay, { peerId: dying.peerId });
      expect(replay).to.deep.equal(await network.scoresSeenBy(alive).replay(dying.peerId, soon()));
      await expectCode(client.call(healthRoutes.replay, { peerId: identityOf(99).peerId }), "NODE_UNKNOWN");
      const [shown, told] = [await ask("--replay"), await ask("--replay", "--json")];
      expect(JSON.parse(told.stdout), told.stderr).to.deep.equal(replay);
      expect(shown.stdout)
        .to.include("✓ the score on chain is the one that comes of the evidence")
        .and.to.include(`epoch ${replay.epoch}, root ${replay.root}`)
        .and.to.match(/Given by +3 of 3 backbones/)
        .and.to.match(/Probes +6 of 6 answered, signatures checked, by 3 backbones/)
        .and.to.match(/Uptime +33\.33 % × 0\.4 +4 of 12 slots in 6 epochs/)
        .and.to.match(/On chain +30\n/);
    } finally {
      await daemon.stop();
    }
  });

  it("are replayed though a backbone is away and another one gives other evidence, but not from these alone", async () => {
    const [first, second, third] = backbones as [BackboneNode, BackboneNode, BackboneNode];
    const last = (await network.reputation.last()) ?? { epoch: 0, root: "0x" as const };
    const forger = await createServer({ host: "127.0.0.1", port: 0 }, { log: silent });
    forger.handle(backboneRoutes.evidence, async () => {
      const { json } = await send(`${first.backbone.url}/api/evidence`);
      return { ...json, ...last, lines: json.lines.slice(0, -1) };
    });
    await forger.start(soon());
    try {
      await network.setEndpoint(second.peerId, forger.url);
      await network.setEndpoint(third.peerId, "http://127.0.0.1:9");
      const replay = await network.scoresSeenBy(alive).replay(dying.peerId, soon());
      const states = new Map(replay.sources.map(({ url, state }) => [url, state]));
      expect(states.get(first.backbone.url)).to.equal("same");
      expect(states.get(forger.url)).to.equal("different");
      expect(states.get("http://127.0.0.1:9")).to.equal("unavailable");
      await network.setEndpoint(first.peerId, "http://127.0.0.1:9");
      await expectCode(network.scoresSeenBy(alive).replay(dying.peerId, soon()), "EVIDENCE_UNAVAILABLE");
    } finally {
      for (const one of backbones) await network.setEndpoint(one.peerId, one.backbone.url);
      await forger.stop();
    }
  });

  it("tell nothing of addresses, paths or operators in their evidence", async () => {
    const { text } = await send(`${backbones[0]?.backbone.url}/api/evidence`);
    expect(text).to.not.match(/127\.0\.0\.1|\/ip4|\/tcp|relay|operator|url/i);
  });

  it("are found through the DHT by the root that is on chain", async () => {
    const last = await network.reputation.last();
    await dying.overlay.connect(await network.recordOf(backbones[0] as Node), soon());
    await dying.overlay.connect(await network.recordOf(backbones[1] as Node), soon());
    await backbones[0]?.overlay.connect(await network.recordOf(backbones[1] as Node), soon());
    await runEpoch();
    const { root } = (await network.reputation.last()) ?? { root: "0x" };
    expect(root).to.not.equal(last?.root);
    const location = await until(async () => {
      // Until the servers know each other, there is nobody to take it.
      await network.turn(backbones);
      return dying.overlay.evidence.get(root, soon()).catch(() => null);
    });
    expect(backbones.map(({ backbone }) => backbone.url)).to.include(location.url);
    expect((await send(`${location.url}/api/evidence`)).json.root).to.equal(root);
  });

  it("wait for the next backbone's turn where one has not proposed, and are made once", async () => {
    const epoch = await network.probeThrough(backbones);
    const turns: string[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      await network.close(epoch, attempt);
      const inTurn = backbones.toSorted((a, b) => (a.peerId < b.peerId ? -1 : 1))[(epoch + attempt) % 3];
      // The first one in turn is away; then all look.
      if (attempt > 0) turns.push(...(await network.turn(inTurn === undefined ? [] : [inTurn])));
    }
    expect(turns).to.deep.equal(["submitted", "idle"]);
  });

  it("are not made where too few backbones are there, and say that a backbone cannot pay for them", async () => {
    const [first, second, third] = backbones as [BackboneNode, BackboneNode, BackboneNode];
    const epoch = await network.probeThrough(backbones);
    await network.setEndpoint(second.peerId, "http://127.0.0.1:9");
    await network.setEndpoint(third.peerId, "http://127.0.0.1:9");
    await network.close(epoch, network.attemptOf(first, epoch, backbones));
    expect(await network.turn([first])).to.deep.equal(["no-quorum"]);
    for (const one of [second, third]) await network.setEndpoint(one.peerId, one.backbone.url);

    await network.fund(first.identity.nodeAddress, "0");
    await network.close(epoch, 3 + network.attemptOf(first, epoch, backbones));
    expect(await network.turn([first])).to.deep.equal(["failed"]);
    expect((await send(`${first.backbone.url}/metrics`)).text).to.include("shadowmesh_gas_balance_shm 0");
    await network.fund(first.identity.nodeAddress, "10");
    await network.close(epoch, 6 + network.attemptOf(first, epoch, backbones));
    expect(await network.turn([first])).to.deep.equal(["submitted"]);
  });
});
