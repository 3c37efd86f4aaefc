import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Stream } from "@libp2p/interface";
import { announcerOf } from "./announcing.ts";
import { verifyAt } from "./identities.ts";
import { createMeshNode } from "./mesh.ts";
import { until } from "./until.ts";

// Runs as the first process of namespaces of its own. A node here, and a peer of it in a namespace beyond a cable
// (staying-peer.ts), whose user sends to it all the time. Then this machine's address is removed and another one added.
const protocol = "/shadowmesh/test/1.0.0";
const ip = (...args: string[]) => execFileSync("ip", args, { encoding: "utf8" });

ip("link", "set", "lo", "up");
execFileSync("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
ip("netns", "add", "peer");
ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", "peer");
ip("addr", "add", "10.88.0.2/24", "dev", "here");
ip("link", "set", "here", "up");
for (const args of [
  ["link", "set", "lo", "up"],
  ["addr", "add", "10.88.0.1/24", "dev", "there"],
  ["link", "set", "there", "up"],
]) {
  ip("netns", "exec", "peer", "ip", ...args);
}

const node = await createMeshNode(1, { listen: ["/ip4/0.0.0.0/tcp/4100"] });
let received = 0;
let movedAt = Number.POSITIVE_INFINITY;
let backMs: number | null = null;
await node.overlay.handle(protocol, (stream) => count(stream), { maxInboundStreams: 8 });

const announcer = announcerOf(node, node.overlay.announceMove);
await announcer.start(AbortSignal.timeout(10_000));
const record = await until(() => announcer.record);

const script = join(import.meta.dirname, "staying-peer.ts");
const command = ["netns", "exec", "peer", process.execPath, script, JSON.stringify(record.signed), protocol];
const peer = spawn("ip", command, { stdio: ["ignore", "pipe", "inherit"] });
const lines = createInterface({ input: peer.stdout });
const [line] = await once(lines, "line");
const { before, known } = JSON.parse(line);
// As a look-up would find it.
node.overlay.cache.add(await verifyAt()(known));
await until(() => received > 20);
const receivedBefore = received;
movedAt = performance.now();
ip("addr", "del", "10.88.0.2/24", "dev", "here");
ip("addr", "add", "10.88.0.3/24", "dev", "here");
const [told] = await once(lines, "line");
await until(() => received > receivedBefore + 20);
console.log(JSON.stringify({ before, ...JSON.parse(told), receivedBefore, receivedAfter: received, backMs }));
process.exit();

async function count(stream: Stream): Promise<void> {
  const openedAt = performance.now();
  for await (const _ of stream) {
    received++;
    if (openedAt > movedAt) backMs ??= Math.round(performance.now() - movedAt);
  }
}
