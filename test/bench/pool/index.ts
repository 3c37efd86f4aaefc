import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { poolRoutes } from "../../../node/backbone/pool/api.ts";
import { findPostgres, startPostgres } from "../../harness/postgres.ts";
import { type Bench, type Figure, median } from "../figures.ts";
import { residentMB } from "../process-stats.ts";
import { measureRate, messageOf, startProgram } from "./rates.ts";

const sizes = [100, 1_000, 5_000, 20_000] as const;
const connections = 64;
const seconds = 8;
/** Devices that are watched while they join, and while they leave. */
const watched = 10;
const registeredAtOnce = 32;

const report = JSON.stringify({
  cpu: { offeredCores: 4, loadPercent: 25, temperatureC: 50 },
  gpu: { offered: 0 },
  memory: { offeredBytes: 2 ** 32, usedBytes: 2 ** 30 },
  storage: { offeredBytes: 2 ** 33, usedBytes: 2 ** 30 },
  uptime: 3_600,
});
const capabilities = { cpu: { model: "bench", cores: 8 }, memoryBytes: 2 ** 34, storageBytes: 2 ** 37, gpus: [] };

export const bench: Bench = {
  title: "the resource pool at one backbone process, PostgreSQL behind, load from another process",
  peer: "a bare Fastify route that parses and answers JSON, under the same load",
  limit: "the same",
  async run(onStep) {
    const server = await startPostgres(findPostgres() ?? "");
    const children: ChildProcess[] = [];
    const start = (path: string, args?: string[]) => {
      const child = startProgram(path, args);
      children.push(child);
      return child;
    };
    try {
      const settings = {
        dataFolder: tmpdir(),
        databaseUrl: await server.createDatabase(),
        requestsPerMinute: 1e9,
        pool: { devicesPerPeer: 1e6, heartbeatsPerMinute: 1e9, registrationsPerMinute: 1e9, heartbeatMs: 10 },
      };
      const backbone = start("../../harness/pool-backbone.ts", [JSON.stringify(settings)]);
      const { url, session } = await messageOf<{ url: string; session: string }>(backbone);
      const bareUrl = await messageOf<string>(start("./bare.ts"));
      const loader = start("./load.ts");
      return await measure({ url, session, bareUrl, loader, pid: backbone.pid ?? 0 }, onStep);
    } finally {
      for (const child of children) child.kill("SIGKILL");
      await server.stop();
    }
  },
};

interface Scene {
  readonly url: string;
  readonly session: string;
  readonly bareUrl: string;
  readonly loader: ChildProcess;
  readonly pid: number;
}

async function measure(scene: Scene, onStep: (step: string) => void): Promise<Figure[]> {
  const { url, bareUrl, loader, pid } = scene;
  const figures: Figure[] = [];
  const tokens: string[] = [];
  const load = { body: report, method: "POST", connections, seconds } as const;
  const ours = { ...load, url: `${url}${poolRoutes.heartbeat.path}` };
  onStep("how soon followers hear who joins and who says goodbye");
  figures.push(...(await measureNews(scene)));
  let baseMB = 0;
  for (const size of sizes) {
    onStep(`${size} agents: registered, then heartbeats as fast as they go, and at one in five seconds each`);
    while (tokens.length < size)
      tokens.push(...(await registerSome(scene, Math.min(registeredAtOnce, size - tokens.length))));
    const fast = await measureRate(loader, { ...ours, authorizations: tokens });
    const bare = await measureRate(loader, { ...load, url: `${bareUrl}/beat`, authorizations: tokens });
    const steady = await measureRate(loader, { ...ours, authorizations: tokens, perSecond: size / 5 });
    const rss = await residentMB(pid);
    if (size === sizes[0]) baseMB = rss;
    figures.push(
      {
        key: `heartbeatsOf${size}`,
        unit: "PerSecond",
        title: `heartbeats, ${size} agents`,
        ours: fast.perSecond,
        peer: bare.perSecond,
        better: "higher",
        floor: 1_000,
        aim: 0.5 * bare.perSecond,
      },
      { key: `meanOf${size}`, unit: "Ms", title: "  mean", ours: fast.meanMs, peer: bare.meanMs, floor: 100 },
      { key: `p99Of${size}`, unit: "Ms", title: "  p99", ours: fast.p99Ms, peer: bare.p99Ms, aim: 50 },
      { key: `steadyP99Of${size}`, unit: "Ms", title: "  p99 at one in 5 s each", ours: steady.p99Ms, aim: 50 },
      { key: `residentOf${size}`, unit: "MB", title: "  memory of the process", ours: rss },
    );
    if (size === sizes.at(-1)) {
      const bytes = ((rss - baseMB) * 1e6) / (size - sizes[0]);
      figures.push({ key: "memoryPerAgent", unit: "Bytes", title: "memory for each agent", ours: bytes, aim: 4_096 });
    }
  }
  onStep("GET /v1/aggregate beside a bare GET");
  const reading = { method: "GET", authorizations: [""], connections, seconds } as const;
  const sums = await measureRate(loader, {
    ...reading,
    authorizations: [""],
    url: `${url}${poolRoutes.aggregate.path}`,
  });
  const bare = await measureRate(loader, { ...reading, authorizations: [""], url: `${bareUrl}/sum` });
  figures.push({
    key: "aggregates",
    unit: "PerSecond",
    title: "GET /v1/aggregate",
    ours: sums.perSecond,
    peer: bare.perSecond,
    better: "higher",
    aim: 0.7 * bare.perSecond,
  });
  return figures;
}

async function registerSome({ url, session }: Scene, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const body = { deviceId: randomUUID(), platform: "linux-x64", capabilities };
      const answer = await post(`${url}${poolRoutes.registerAgent.path}`, JSON.stringify(body), `Bearer ${session}`);
      return `Bearer ${(answer as { agentToken: string }).agentToken}`;
    }),
  );
}

async function post(url: string, body: string, authorization: string): Promise<unknown> {
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function measureNews(scene: Scene): Promise<Figure[]> {
  const heard: (() => void)[] = [];
  const request = get(`${scene.url}${poolRoutes.events.path}`, (response) => {
    response.setEncoding("utf8").on("data", (text: string) => {
      for (const _ of text.matchAll(/^event: (joined|left)$/gm)) heard.shift()?.();
    });
  });
  request.on("error", () => undefined);
  const joins: number[] = [];
  const leaves: number[] = [];
  for (const authorization of await registerSome(scene, watched)) {
    for (const [path, body, times] of [
      [poolRoutes.heartbeat.path, report, joins],
      [poolRoutes.leave.path, "{}", leaves],
    ] as const) {
      const startedAt = performance.now();
      const told = new Promise<void>((resolve) => heard.push(resolve));
      await post(`${scene.url}${path}`, body, authorization);
      await told;
      times.push(performance.now() - startedAt);
    }
  }
  request.destroy();
  return [
    { key: "join", unit: "Ms", title: "a join is heard after", ours: median(joins), floor: 10_000, aim: 1_000 },
    { key: "leave", unit: "Ms", title: "a goodbye is heard after", ours: median(leaves), floor: 10_000, aim: 7_000 },
  ];
}
