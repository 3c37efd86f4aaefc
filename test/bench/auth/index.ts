import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, hexToBytes } from "viem";
import { authContext, type Identity, readIdentityFile } from "../../../node/core/identity/index.ts";
import { buildDaemon } from "../../../scripts/build.ts";
import { startDaemonProcess, untilFound } from "../../../scripts/network/daemon-process.ts";
import { layFoundation } from "../../../scripts/network/foundation.ts";
import type { Member } from "../../../scripts/network/index.ts";
import { type Bench, median } from "../figures.ts";
import { cpuSeconds } from "../process-stats.ts";
import { type Connection, openConnection, toRequest } from "./connection.ts";

const peers = 32;
/** Challenges that a backbone keeps for one peer. */
const challengesEach = 16;
const rounds = 15;
/** Until the backbone's code is compiled: it runs for days. */
const warmUps = 4;
/** Connections that stay open. */
const connections = 64;
/** Those of a backbone would be met by one address in a moment. */
const unlimited = 10_000_000;

const backbone: Member = {
  name: "backbone",
  type: "backbone_auth",
  region: "europe",
  bandwidthMbps: 1_000,
  operator: 1,
  dialable: true,
};
const members: readonly Member[] = [
  backbone,
  ...Array.from({ length: peers }, (_, index) => ({
    ...backbone,
    name: `peer-${index + 1}`,
    type: "light_private" as const,
    operator: index + 2,
    dialable: false,
  })),
];

interface Rates {
  authentications: number[];
  native: number[];
  perCpuSecond: number;
  nativePerCpuSecond: number;
}

export const bench: Bench = {
  title: "signing in at one backbone: challenge and answer over HTTP, on connections that stay open",
  peer: "ML-DSA-87 verify of node:crypto in a loop, in turn: nothing else that signing in needs",
  limit: "the same",
  async run(onStep) {
    await buildDaemon();
    const folder = await mkdtemp(join(tmpdir(), "shadowmesh-bench-"));
    onStep(`a chain, and a backbone of which ${peers} peers are registered`);
    const foundation = await layFoundation({
      folder,
      members,
      chain: { accounts: members.length + 1 },
      backbone: { authPerMinute: unlimited, requestsPerMinute: unlimited },
      pollIntervalMs: 2_000,
      onStep: () => undefined,
    });
    const opened: Connection[] = [];
    try {
      await foundation.releasePortsOf(backbone.name);
      const node = await startDaemonProcess(backbone.name, foundation.folderOf(backbone.name));
      try {
        await untilFound(node, 120_000);
        const identities = await Promise.all(
          members.slice(1).map(async ({ name }) => (await readIdentityFile(foundation.folderOf(name))).identity),
        );
        const url = new URL(`http://127.0.0.1:${foundation.ports.numbers["backbone:backbone"]}`);
        for (let index = 0; index < connections; index++) opened.push(await openConnection(url));
        onStep(
          `${peers * challengesEach} challenges at a time, asked for, signed (not timed) and answered, ${rounds} times`,
        );
        const rates = await measure({ url, opened, pid: node.process.process.pid ?? 0 }, identities);
        return [
          {
            key: "authentications",
            unit: "PerSecond",
            title: "authentications a second",
            ours: median(rates.authentications),
            peer: median(rates.native),
            better: "higher",
            floor: 0.4 * median(rates.native),
            aim: 0.7 * median(rates.native),
          },
          {
            key: "authenticationsOfCpu",
            unit: "PerSecond",
            title: "for each second of the processor",
            ours: rates.perCpuSecond,
            peer: rates.nativePerCpuSecond,
            better: "higher",
          },
        ];
      } finally {
        await node.process.stop();
      }
    } finally {
      for (const connection of opened) connection.close();
      await foundation.chain.stop();
      await foundation.ports.releaseAll();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Visited {
  readonly url: URL;
  readonly opened: readonly Connection[];
  readonly pid: number;
}

interface Answer {
  readonly identity: Identity;
  readonly challenge: Hex;
  readonly signature: Uint8Array;
}

async function measure({ url, opened, pid }: Visited, identities: readonly Identity[]): Promise<Rates> {
  const [authentications, native]: [number[], number[]] = [[], []];
  const [ours, theirs] = [
    { count: 0, cpu: 0 },
    { count: 0, cpu: 0 },
  ];
  const visits = identities.flatMap((identity) => Array.from({ length: challengesEach }, () => identity));
  const questions = visits.map(({ peerId }) => toRequest("GET", url, `/api/auth/challenge?peer_id=${peerId}`));
  for (let round = 0; round < warmUps + rounds; round++) {
    const asking = await timed(pid, () => exchange(opened, questions));
    const answers = visits.map((identity, index) => sign(identity, JSON.parse(asking.result[index] ?? "").challenge));
    const proofs = answers.map((answer) => toRequest("POST", url, "/api/auth/verify", toProof(answer)));
    const answering = await timed(pid, () => exchange(opened, proofs));
    const tokens = new Set(answering.result.map((body) => JSON.parse(body).session_token));
    if (tokens.size !== visits.length) throw new Error("not every sign-in has a token of its own");
    const checking = await timed(process.pid, async () => answers.forEach(verifyNatively));
    if (round < warmUps) continue;
    authentications.push(visits.length / (asking.seconds + answering.seconds));
    native.push(visits.length / checking.seconds);
    ours.count += visits.length;
    ours.cpu += asking.cpu + answering.cpu;
    theirs.count += visits.length;
    theirs.cpu += checking.cpu;
  }
  return {
    authentications,
    native,
    perCpuSecond: ours.count / ours.cpu,
    nativePerCpuSecond: theirs.count / theirs.cpu,
  };
}

/** Sends the requests over the connections, each as soon as one is free; the bodies of the answers, in order. */
async function exchange(opened: readonly Connection[], requests: readonly Buffer[]): Promise<string[]> {
  const bodies: string[] = [];
  const waiting = requests.entries();
  await Promise.all(
    opened.map(async (connection) => {
      for (const [index, request] of waiting) bodies[index] = await connection.send(request);
    }),
  );
  return bodies;
}

async function timed<T>(pid: number, work: () => Promise<T>): Promise<{ seconds: number; cpu: number; result: T }> {
  const [startedAt, cpuBefore] = [performance.now(), await cpuSeconds(pid)];
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, cpu: (await cpuSeconds(pid)) - cpuBefore, result };
}

function sign(identity: Identity, challenge: Hex): Answer {
  return { identity, challenge, signature: identity.signMlDsa(hexToBytes(challenge), authContext) };
}

function toProof({ identity, challenge, signature }: Answer): string {
  return JSON.stringify({
    peer_id: identity.peerId,
    challenge,
    signature: Buffer.from(signature).toString("base64"),
    public_key: Buffer.from(identity.mlDsaPublicKey).toString("base64"),
    node_address: identity.nodeAddress,
  });
}

function verifyNatively({ identity, challenge, signature }: Answer): void {
  const key = createPublicKey({
    key: Buffer.from(identity.mlDsaPublicKey),
    format: "raw-public",
    asymmetricKeyType: "ml-dsa-87",
  });
  const isSigned = verify(null, hexToBytes(challenge), { key, context: Buffer.from(authContext) }, signature);
  if (!isSigned) throw new Error("an honest signature is none");
}
