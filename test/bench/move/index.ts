import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Hex } from "viem";
import type { Overlay } from "../../../node/core/overlay/index.ts";
import type { Path } from "../../../node/core/schema.ts";
import { createMeshNode, type MeshNode, type NodeOptions, soon } from "../../harness/mesh.ts";
import { newRelay, reserve } from "../../harness/relayed-pair.ts";
import { until } from "../../harness/until.ts";
import { type Way, ways } from "../../harness/ways.ts";
import { type Bench, median } from "../figures.ts";

const rounds = { address: 5, rung: 10 } as const;
/** What users bear at the most, by the issue. */
const limitMs = 2_000;
const protocol = "/shadowmesh/bench/1.0.0";
/** Messages before and after a move: enough to tell a silence from a pause between two of them. */
const messages = 40;
const pauseMs = 5;

export const bench: Bench = {
  title: "for how long a user is without its peer when a machine's address changes, and when a better rung opens",
  peer: "none: js-libp2p finds out by a ping that fails, every 10 s, and moves nobody to a better connection",
  limit: "none",
  async run(onStep) {
    const back: { key: string; title: string; values: number[] }[] = [];
    for (const way of Object.keys(ways) as Way[]) {
      const values: number[] = [];
      for (let round = 1; round <= rounds.address; round++) {
        onStep(`a machine's address changes, in network namespaces, ${way}: round ${round} of ${rounds.address}`);
        values.push(await changeAddress(way));
      }
      back.push({ key: `${way}Back`, title: `streams back after a change of address, ${way}`, values });
    }
    onStep(`a better rung opens: ${rounds.rung} rounds`);
    const moves: Awaited<ReturnType<typeof climb>>[] = [];
    for (let round = 0; round < rounds.rung; round++) moves.push(await climb());
    const taken = moves.map(({ takenMs }) => takenMs);
    const silence = moves.map(({ silenceMs }) => silenceMs);
    const rows = [
      ...back,
      { key: "taken", title: `a better rung taken once it is open, of ${rounds.rung} rounds`, values: taken },
      { key: "silence", title: "longest silence of the peer's user meanwhile", values: silence },
    ];
    return rows.flatMap(({ key, title, values }) => [
      { key: `${key}Median`, unit: "Ms", title: `${title}: median`, ours: median(values) },
      { key: `${key}Worst`, unit: "Ms", title: `${title}: worst`, ours: Math.max(...values), floor: limitMs },
    ]);
  },
};

/** From the loss of an address until the peer's user has a new stream that carries bytes. */
async function changeAddress(way: Way): Promise<number> {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const unshare = [...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const script = join(import.meta.dirname, "..", "..", "harness", "moving-node.ts");
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const { stdout } = await promisify(execFile)("unshare", [...unshare, process.execPath, script, way], { env });
  return JSON.parse(stdout).backMs;
}

/** A user sends to a peer through a relay, all the time; then a direct connection opens. */
async function climb(): Promise<{ takenMs: number; silenceMs: number }> {
  const nodes: MeshNode[] = [];
  const newNode = async (n: number, options?: NodeOptions) => {
    const node = await createMeshNode(n, options);
    nodes.push(node);
    return node;
  };
  try {
    const relay = await newRelay(newNode, 1);
    const target = await newNode(2);
    const user = await newNode(3, { listen: [] });
    const arrivals: { atMs: number; path: Path }[] = [];
    await target.overlay.handle(
      protocol,
      async (stream, { path }) => {
        for await (const _ of stream) arrivals.push({ atMs: performance.now(), path });
      },
      { maxInboundStreams: 8 },
    );
    const hidden = await target.record({ addresses: [await reserve(target, relay)], relays: [relay.peerId] });
    await user.overlay.connect(hidden, soon());
    const ending = new AbortController();
    const sending = send(user.overlay, target.peerId, ending.signal);
    await until(() => arrivals.length > messages);
    await user.overlay.improve(await target.record({ sequence: hidden.sequence + 1 }), soon());
    const openedAtMs = performance.now();
    const direct = () => arrivals.filter(({ path }) => path === "direct");
    const [first] = await until(direct, (list) => list.length > messages);
    ending.abort();
    await sending;
    const gaps = arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index]?.atMs ?? atMs));
    return { takenMs: Math.max(0, (first?.atMs ?? 0) - openedAtMs), silenceMs: Math.max(...gaps) };
  } finally {
    for (const { overlay } of nodes.reverse()) await overlay.stop();
  }
}

/** Sends on the best connection to a peer, and on the next one as soon as that retires. */
async function send(overlay: Overlay, peerId: Hex, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    const connection = await until(() => overlay.connectionTo(peerId));
    const stream = await connection.open(protocol, soon());
    while (!ending.aborted && !connection.retiring.aborted) {
      stream.send(Buffer.from("."));
      await delay(pauseMs);
    }
    await stream.close({ signal: soon() });
  }
}
