import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ready, startChild } from "../../../scripts/network/process.ts";
import { type Bench, type Figure, percentile } from "../figures.ts";
import { createStack, type StackName, stackNames } from "./stacks.ts";

const samples = 400;
const warmUps = 50;

export const bench: Bench = {
  title: "a fresh connection, secured, both identities proved, muxed; two processes on 127.0.0.1",
  peer: "js-libp2p tcp + noise + yamux, same run, connections in turn",
  limit: "Node's own TLS with our certificates and key exchange, proved alike, without libp2p or a muxer",
  async run(onStep) {
    const folder = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
    const ends = await Promise.all(stackNames.map((name) => openEnds(name, folder)));
    try {
      onStep(`${samples} connections each, in turn, after ${warmUps} that warm up`);
      const times: Record<StackName, number[]> = { ours: [], noise: [], tls: [] };
      for (let round = 0; round < warmUps + samples; round++) {
        for (const { name, connect } of ends) {
          const elapsedMs = await connect();
          if (round >= warmUps) times[name].push(elapsedMs);
        }
      }
      return [figure("p50", 0.5, times, { floor: 3, aim: 1.5 }), figure("p95", 0.95, times)];
    } finally {
      for (const { close } of ends) await close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The near end in this process, and the far end in one of its own. */
async function openEnds(name: StackName, folder: string) {
  const logPath = join(folder, `${name}.log`);
  const child = startChild([join(import.meta.dirname, "server.ts"), name], { logPath });
  const { address } = await ready<{ address: string }>(child, `the far end of ${name}`, logPath);
  const near = await createStack(name);
  return {
    name,
    async connect() {
      const startedAt = performance.now();
      const disconnect = await near.dial(address);
      const elapsedMs = performance.now() - startedAt;
      await disconnect();
      return elapsedMs;
    },
    async close() {
      await near.close();
      await child.stop();
    },
  };
}

/** The bounds are of the peer's time. */
function figure(
  key: string,
  share: number,
  times: Record<StackName, number[]>,
  bounds: { floor?: number; aim?: number } = {},
): Figure {
  const peer = percentile(times.noise, share);
  return {
    key,
    unit: "Ms",
    title: `handshake, ${key}`,
    ours: percentile(times.ours, share),
    peer,
    limit: percentile(times.tls, share),
    ...(bounds.floor && { floor: bounds.floor * peer }),
    ...(bounds.aim && { aim: bounds.aim * peer }),
  };
}
