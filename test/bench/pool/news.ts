import type { ChildProcess } from "node:child_process";
import { get } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Aggregate, poolRoutes } from "../../../node/backbone/pool/api.ts";
import { type Figure, median } from "../figures.ts";
import { residentMB } from "../process-stats.ts";
import { messageOf } from "./rates.ts";
import { post, registerSome, report, type Scene } from "./scene.ts";

/** Devices that are watched while they join, and while they leave. */
const watched = 10;
/** Agents that are killed, each right after a heartbeat: the longest that it can take. */
const killed = 3;
const clients = 5_000;

/** Tells in turn whenever a device has joined or left from now on. */
async function listen(url: string) {
  const heard: (() => void)[] = [];
  const opened = Promise.withResolvers<void>();
  const request = get(`${url}${poolRoutes.events.path}`, (response) => {
    response.setEncoding("utf8");
    // What comes first is of the past.
    response.once("data", () => {
      response.on("data", (text: string) => {
        for (const _ of text.matchAll(/^event: (joined|left)$/gm)) heard.shift()?.();
      });
      opened.resolve();
    });
  });
  request.on("error", opened.reject);
  await opened.promise;
  return { next: () => new Promise<void>((resolve) => heard.push(resolve)), close: () => request.destroy() };
}

/** How soon a follower hears who joins and who says goodbye. */
export async function measureNews(scene: Scene): Promise<Figure[]> {
  const events = await listen(scene.url);
  const joins: number[] = [];
  const leaves: number[] = [];
  for (const authorization of await registerSome(scene, watched)) {
    for (const [path, body, times] of [
      [poolRoutes.heartbeat.path, report, joins],
      [poolRoutes.leave.path, "{}", leaves],
    ] as const) {
      const startedAt = performance.now();
      const told = events.next();
      await post(`${scene.url}${path}`, body, authorization);
      await told;
      times.push(performance.now() - startedAt);
    }
  }
  events.close();
  return [
    { key: "join", unit: "Ms", title: "a join is heard after", ours: median(joins), floor: 10_000, aim: 1_000 },
    { key: "leave", unit: "Ms", title: "a goodbye is heard after", ours: median(leaves), floor: 10_000, aim: 7_000 },
  ];
}

/** How soon a follower hears that a process was killed; at a backbone with the heartbeat that agents have. */
export async function measureKilled(
  scene: Pick<Scene, "url" | "session">,
  heartbeatMs: number,
  start: (path: string, args: string[]) => ChildProcess,
): Promise<Figure[]> {
  const times: number[] = [];
  for (const authorization of await registerSome(scene, killed)) {
    const events = await listen(scene.url);
    const joined = events.next();
    const url = `${scene.url}${poolRoutes.heartbeat.path}`;
    const agent = start("./agent.ts", [url, authorization, report, String(heartbeatMs)]);
    await messageOf(agent);
    await joined;
    await messageOf(agent);
    const left = events.next();
    const startedAt = performance.now();
    agent.kill("SIGKILL");
    await left;
    times.push(performance.now() - startedAt);
    events.close();
  }
  const title = "a killed process has left after";
  return [{ key: "killed", unit: "Ms", title, ours: median(times), floor: 10_000, aim: 7_000 }];
}

/** The agents of the steps before have fallen silent: that they leave would be news, too. */
async function allHaveLeft(url: string): Promise<void> {
  for (let seconds = 0; seconds < 60; seconds++) {
    const { totals } = (await (await fetch(`${url}${poolRoutes.aggregate.path}`)).json()) as Aggregate;
    if (totals.online === 0) return;
    await setTimeout(1_000);
  }
  throw new Error("agents that fell silent a minute ago are still online");
}

/** How soon an event is with the last of many clients, and what each of them takes of the backbone. */
export async function measureFollowers(scene: Scene, followers: ChildProcess): Promise<Figure[]> {
  await allHaveLeft(scene.url);
  const beforeMB = await residentMB(scene.pid);
  followers.send({ url: `${scene.url}${poolRoutes.events.path}`, count: clients });
  await messageOf(followers);
  const bytes = (((await residentMB(scene.pid)) - beforeMB) * 1e6) / clients;
  const times: number[] = [];
  for (const authorization of await registerSome(scene, watched)) {
    const startedAt = Number(process.hrtime.bigint()) / 1e6;
    await post(`${scene.url}${poolRoutes.heartbeat.path}`, report, authorization);
    const { atMs, ended } = await messageOf<{ atMs: number; ended: number }>(followers);
    if (ended > 0) throw new Error(`${ended} of ${clients} clients were cut`);
    times.push(atMs - startedAt);
  }
  return [
    {
      key: "followers",
      unit: "Count",
      title: "clients of the events at once",
      ours: clients,
      better: "higher",
      floor: 100,
    },
    {
      key: "lastFollower",
      unit: "Ms",
      title: "  a join is with the last of them after",
      ours: median(times),
      aim: 1_000,
    },
    { key: "memoryPerFollower", unit: "Bytes", title: "  memory for each", ours: bytes },
  ];
}
