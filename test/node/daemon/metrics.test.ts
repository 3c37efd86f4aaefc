import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { register } from "prom-client";
import { createServer } from "../../../node/api/server.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { createMetrics } from "../../../node/metrics.ts";
import type { Lookup } from "../../../node/services/discovery/index.ts";
import { discoveryErrors } from "../../../node/services/discovery/index.ts";
import { describedMetrics } from "../../../scripts/generate/metrics.ts";
import { identityOf, recordOf, verifyAt } from "../../harness/identities.ts";
import { createMesh, soon } from "../../harness/mesh.ts";
import { until } from "../../harness/until.ts";
import { silent } from "../api/fixture.ts";

const dashboard = new URL("../../../docs/monitoring/grafana-dashboard.json", import.meta.url);

describe("metrics", function () {
  this.timeout(60_000);
  const newNode = createMesh();

  it("tell the numbers of a node, and nothing of who its peers are or where", async () => {
    const [own, peer] = [await newNode(1), await newNode(2)];
    const record = await peer.record();
    own.overlay.cache.add(record);
    await peer.overlay.serveDht(true);
    await own.overlay.connect(record, soon());
    await until(() => own.overlay.records.global.servers === 1);
    const metrics = createMetrics();
    metrics.watch({
      chain: { state: "connected" },
      overlay: own.overlay,
      membership: { joined: () => false },
      reservations: { ids: () => [peer.peerId], parked: () => [peer.peerId] },
      relayServer: { parked: 2, reservationsHeld: 3, usage: { totalBytes: 4096 } as never },
      poolAgent: {
        heartbeats: new Map([["ok", 7]]),
        status: () => ({ connected: true, offer: { cores: 2 } }) as never,
      },
    });
    const server = await createServer({ host: "127.0.0.1", port: 0 }, { log: silent });
    metrics.serve(server.fastify);
    await server.start(soon());
    try {
      // Twice: what is read anew at each scrape must not add up.
      for (let scrape = 0; scrape < 2; scrape++) {
        const answer = await fetch(`${server.url}/metrics`);
        expect(answer.headers.get("content-type")).to.include("text/plain");
        const text = await answer.text();
        expect(text).to.include('shadowmesh_connections{path="direct",direction="outbound"} 1\n');
        expect(text).to.include("shadowmesh_pool_cores 2\n");
        expect(text).to.include('shadowmesh_pool_heartbeats_total{outcome="ok"} 7\n');
        expect(text).to.include('shadowmesh_dht_servers{view="regional"} 0\n').and.to.include('{view="global"} 1\n');
        for (const line of [
          "chain_connected 1",
          "joined 0",
          "cached_peers 1",
          "relays 1",
          "parked_relays 1",
          "relayed_nodes 3",
          "parked_nodes 2",
        ]) {
          expect(text).to.include(`shadowmesh_${line}\n`);
        }
        expect(text)
          .to.include("shadowmesh_relayed_bytes_total 4096\n")
          .and.to.include("process_resident_memory_bytes");
        for (const secret of [peer.peerId.slice(2), own.peerId.slice(2), "127.0.0.1", ...record.addresses]) {
          expect(text).to.not.include(secret);
        }
      }
    } finally {
      await server.stop();
    }
  });

  it("time look-ups by their source, and count those that found nothing by their code", async () => {
    const metrics = createMetrics();
    const record = await verifyAt()(await recordOf(identityOf(2)));
    const answers = [
      { record, source: "regional-dht" as const, elapsedMs: 12 },
      { record, source: "cache" as const, elapsedMs: 0.5 },
    ];
    const lookup: Lookup = async () => {
      const found = answers.shift();
      if (found === undefined) throw new ShadowMeshError(discoveryErrors.LOOKUP_UNAVAILABLE);
      return found;
    };
    const measured = metrics.measured(lookup);
    expect((await measured(record.peerId, soon())).source).to.equal("regional-dht");
    await measured(record.peerId, soon());
    await measured(record.peerId, soon()).catch(() => undefined);
    const text = await metrics.register.metrics();
    expect(text).to.match(/lookup_duration_seconds_bucket\{le="0\.015",source="regional-dht"\} 1/);
    expect(text).to.match(/lookup_duration_seconds_bucket\{le="0\.005",source="regional-dht"\} 0/);
    expect(text).to.include('shadowmesh_lookup_failures_total{code="LOOKUP_UNAVAILABLE"} 1');
  });

  it("have all that the dashboard shows, and are of one daemon each", async () => {
    const { daemon, backbone } = describedMetrics();
    const served = new Set([...daemon, ...backbone].map(({ name }) => name));
    const { panels } = JSON.parse(await readFile(dashboard, "utf8")) as { panels: { targets?: { expr: string }[] }[] };
    const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const names = shown.flatMap((expr) => expr.match(/\b(?:shadowmesh|process|nodejs)_[a-z_]+/g) ?? []);
    expect(names.length).to.be.at.least(shown.length);
    const unknown = names.filter((name) => !served.has(name.replace(/_(?:bucket|count|sum)$/, "")));
    expect(unknown).to.deep.equal([]);
    for (const { name } of daemon.filter(({ name }) => name.startsWith("shadowmesh_"))) {
      expect(
        names.some((shownName) => shownName.startsWith(name)),
        name,
      ).to.equal(true);
    }
    // Not in prom-client's own registry, which all daemons of a process would share.
    expect(register.getMetricsAsArray()).to.deep.equal([]);
  });
});
