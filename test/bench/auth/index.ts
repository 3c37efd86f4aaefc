import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, hexToBytes } from "viem";
import { authContext, type Identity, readIdentityFile, verifyMlDsa87 } from "../../../node/core/identity/index.ts";
import { buildDaemon } from "../../../scripts/build.ts";
import { startDaemonProcess, untilFound } from "../../../scripts/network/daemon-process.ts";
import { layFoundation } from "../../../scripts/network/foundation.ts";
import { inParallel } from "../../../scripts/network/in-parallel.ts";
import type { Member } from "../../../scripts/network/index.ts";
import { type Bench, median } from "../figures.ts";
import { cpuSeconds } from "../process-stats.ts";

const peers = 8;
/** Challenges that a backbone keeps for one peer. */
const challengesEach = 16;
const rounds = 15;
const warmUps = 3;
/** Connections that stay open. */
const connections = 16;
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
  perCpuSecond: number[];
  native: number[];
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
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    try {
      await foundation.releasePortsOf(backbone.name);
      const node = await startDaemonProcess(backbone.name, foundation.folderOf(backbone.name));
      try {
        await untilFound(node, 120_000);
        const identities = await Promise.all(
          members.slice(1).map(async ({ name }) => (await readIdentityFile(foundation.folderOf(name))).identity),
        );
        const url = `http://127.0.0.1:${foundation.ports.numbers["backbone:backbone"]}`;
        onStep(
          `${peers * challengesEach} challenges at a time, asked for, signed (not timed) and answered, ${rounds} times`,
        );
        const rates = await measure(createVisitor(url, agent), identities, node.process.process.pid ?? 0);
        const share = { peer: median(rates.native), better: "higher" as const };
        return [
          {
            key: "authentications",
            unit: "PerSecond",
            title: "authentications a second",
            ours: median(rates.authentications),
            ...share,
            floor: 0.4 * median(rates.native),
            aim: 0.7 * median(rates.native),
          },
          {
            key: "authenticationsOfCpu",
            unit: "PerSecond",
            title: "for each second of the backbone's processor",
            ours: median(rates.perCpuSecond),
            ...share,
          },
        ];
      } finally {
        await node.process.stop();
      }
    } finally {
      agent.destroy();
      await foundation.chain.stop();
      await foundation.ports.releaseAll();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Answer {
  readonly identity: Identity;
  readonly challenge: Hex;
  readonly signature: Uint8Array;
}

async function measure(visitor: Visitor, identities: readonly Identity[], pid: number): Promise<Rates> {
  const rates: Rates = { authentications: [], perCpuSecond: [], native: [] };
  const visits = identities.flatMap((identity) => Array.from({ length: challengesEach }, () => identity));
  for (let round = 0; round < warmUps + rounds; round++) {
    const challenges: { identity: Identity; challenge: Hex }[] = [];
    const asking = await timed(pid, () =>
      inParallel(connections, visits, async (identity) => {
        challenges.push({ identity, challenge: await visitor.challenge(identity) });
      }),
    );
    const answers = challenges.map(({ identity, challenge }) => ({
      identity,
      challenge,
      signature: identity.signMlDsa(hexToBytes(challenge), authContext),
    }));
    const answering = await timed(pid, () => inParallel(connections, answers, (answer) => visitor.verify(answer)));
    const native = nativePerSecond(answers);
    if (round < warmUps) continue;
    rates.authentications.push(answers.length / (asking.seconds + answering.seconds));
    rates.perCpuSecond.push(answers.length / (asking.cpu + answering.cpu));
    rates.native.push(native);
  }
  return rates;
}

async function timed(pid: number, work: () => Promise<void>): Promise<{ seconds: number; cpu: number }> {
  const [startedAt, cpuBefore] = [performance.now(), await cpuSeconds(pid)];
  await work();
  return { seconds: (performance.now() - startedAt) / 1_000, cpu: (await cpuSeconds(pid)) - cpuBefore };
}

function nativePerSecond(answers: readonly Answer[]): number {
  const startedAt = performance.now();
  for (const { identity, challenge, signature } of answers) {
    const message = hexToBytes(challenge);
    const signed = { publicKey: identity.mlDsaPublicKey, message, signature, context: authContext };
    if (!verifyMlDsa87(signed)) throw new Error("an honest signature is none");
  }
  return answers.length / ((performance.now() - startedAt) / 1_000);
}

/** Who signs in: as little as a client can do, since it shares the processors. */
function createVisitor(url: string, agent: Agent) {
  const send = (method: string, path: string, body?: string) =>
    new Promise<string>((resolve, reject) => {
      const headers =
        body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const outgoing = request(`${url}${path}`, { method, agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}: ${text}`)),
        );
      });
      outgoing.on("error", reject).end(body);
    });
  return {
    async challenge({ peerId }: Identity): Promise<Hex> {
      return JSON.parse(await send("GET", `/api/auth/challenge?peer_id=${peerId}`)).challenge;
    },
    async verify({ identity, challenge, signature }: Answer): Promise<void> {
      const proof = {
        peer_id: identity.peerId,
        challenge,
        signature: Buffer.from(signature).toString("base64"),
        public_key: Buffer.from(identity.mlDsaPublicKey).toString("base64"),
        node_address: identity.nodeAddress,
      };
      await send("POST", "/api/auth/verify", JSON.stringify(proof));
    },
  };
}

type Visitor = ReturnType<typeof createVisitor>;
