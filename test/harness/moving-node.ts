import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Stream } from "@libp2p/interface";
import { announcerOf } from "./announcing.ts";
import { verifyAt } from "./identities.ts";
import { createMeshNode, soon } from "./mesh.ts";
import { until } from "./until.ts";
import { type Way, ways } from "./ways.ts";

// Runs as the first process of namespaces of its own. A node here, and a peer of it in a namespace beyond a cable
// (staying-peer.ts), which it has reached in the given way and whose user sends to it all the time. Then this machine's
// address is removed and another one added.
const [way = ""] = process.argv.slice(2);
const { path, udpPort } = ways[way as Way];
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

const node = await createMeshNode(1, {
  listen: ["/ip4/0.0.0.0/tcp/4100"],
  udpPort,
  mayPunch: async () => true,
});
let received = 0;
let movedAt = Number.POSITIVE_INFINITY;
let backMs: number | null = null;
await node.overlay.handle(protocol, (stream) => count(stream), { maxInboundStreams: 8 });

const announcer = announcerOf(node, node.overlay.announceMove);
await announcer.start(AbortSignal.timeout(10_000));
const record = await until(() => announcer.record);

const script = join(import.meta.dirname, "staying-peer.ts");
const command = ["netns", "exec", "peer", process.execPath, script, JSON.stringify(record.signed), protocol, way];
const peer = spawn("ip", command, { stdio: ["ignore", "pipe", "inherit"] });
const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const told = async () => JSON.parse((await lines.next()).value ?? "");
const there = await verifyAt()((await told()).known);
// As a look-up would find it.
node.overlay.cache.add(there);
await node.overlay.connect(there, soon());
const first = await until(() => {
  const best = node.overlay.connectionTo(there.peerId);
  return best?.path === path ? best : undefined;
});
let ended: string | undefined;
first.libp2p.addEventListener("close", ({ error }) => {
  ended = error?.message;
});
const { before } = await told();
await until(() => received > 20);
const receivedBefore = received;
movedAt = performance.now();
ip("addr", "del", "10.88.0.2/24", "dev", "here");
ip("addr", "add", "10.88.0.3/24", "dev", "here");
const after = await told();
await until(() => received > receivedBefore + 20);
console.log(JSON.stringify({ before, ...after, receivedBefore, receivedAfter: received, backMs, ended }));
process.exit();

async function count(stream: Stream): Promise<void> {
  const openedAt = performance.now();
  for await (const _ of stream) {
    received++;
    if (openedAt > movedAt) backMs ??= Math.round(performance.now() - movedAt);
  }
}
