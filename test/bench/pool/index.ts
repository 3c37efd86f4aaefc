import type { ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { poolRoutes } from "../../../node/backbone/pool/api.ts";
import { findPostgres, startPostgres } from "../../harness/postgres.ts";
import type { Bench, Figure } from "../figures.ts";
import { cpuSeconds, residentMB } from "../process-stats.ts";
import { measureFollowers, measureKilled, measureNews } from "./news.ts";
import { measureRate, messageOf, startProgram } from "./rates.ts";
import { registerSome, report, type Scene } from "./scene.ts";

const sizes = [100, 1_000, 5_000, 20_000] as const;
/** Divides each of the sizes: no agent beats for two connections, which a backbone would refuse it. */
const connections = 50;
const seconds = 8;
/** What agents are told, where nobody asks for more. */
const heartbeatMs = 5_000;
const registeredAtOnce = 32;

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
      const startBackbone = async (ofPool: object) => {
        const pool = { devicesPerPeer: 1e6, heartbeatsPerMinute: 1e9, registrationsPerMinute: 1e9, ...ofPool };
        const databaseUrl = await server.createDatabase();
        const settings = { dataFolder: tmpdir(), databaseUrl, requestsPerMinute: 1e9, pool };
        const backbone = start("../../harness/pool-backbone.ts", [JSON.stringify(settings)]);
        return { backbone, ...(await messageOf<{ url: string; session: string }>(backbone)) };
      };
      onStep("how soon followers hear of a process that was killed");
      const usual = await startBackbone({ heartbeatMs });
      const killed = await measureKilled(usual, heartbeatMs, start);
      usual.backbone.kill("SIGKILL");
      const { backbone, url, session } = await startBackbone({ heartbeatMs: 10 });
      const bareUrl = await messageOf<string>(start("./bare.ts"));
      const loader = start("./load.ts");
      const scene = { url, session, bareUrl, loader, pid: backbone.pid ?? 0 };
      const measured = await measure(scene, onStep);
      // Last: what they leave behind is in nobody's figures.
      onStep("5,000 clients of the events");
      return [...killed, ...measured, ...(await measureFollowers(scene, start("./followers.ts")))];
    } finally {
      for (const child of children) child.kill("SIGKILL");
      await server.stop();
    }
  },
};

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
    const cpuBefore = await cpuSeconds(pid);
    const fast = await measureRate(loader, { ...ours, authorizations: tokens });
    const cpuUs = (((await cpuSeconds(pid)) - cpuBefore) * 1e6) / (fast.perSecond * seconds);
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
      { key: `cpuOf${size}`, unit: "Us", title: "  processor for each", ours: cpuUs },
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
