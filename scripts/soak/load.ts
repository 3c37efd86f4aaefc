import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { hexToBytes } from "viem";
import { createClient } from "../../node/api/client.ts";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { ShadowMeshError } from "../../node/core/errors.ts";
import { authContext, readIdentityFile } from "../../node/core/identity/index.ts";
import { discoveryRoutes } from "../../node/services/discovery/api.ts";
import { throughputRoutes } from "../../node/services/throughput/api.ts";
import type { Network } from "../network/index.ts";
import type { Churn } from "./churn.ts";
import { membersOf } from "./mesh.ts";

export const workKinds = ["lookup", "ping", "direct", "relayed", "sign-in"] as const;
export type WorkKind = (typeof workKinds)[number];

/** What became of one kind of work. */
export interface Tally {
  done: number;
  /** Done, but not at the first attempt: something that it went through had crashed less than `mendMs` before. */
  late: number;
  /** An end of it crashed meanwhile. */
  interrupted: number;
  failed: number;
  megabytes: number;
  /** What travelled on lanes of its own. */
  dedicated: number;
  totalMs: number;
}

export interface Failure {
  readonly kind: WorkKind;
  readonly between: string;
  readonly atS: number;
  readonly error: string;
}

export interface Load {
  readonly tallies: Readonly<Record<WorkKind, Tally>>;
  readonly failures: readonly Failure[];
  /** Works until the signal says so. */
  run(signal: AbortSignal): Promise<void>;
}

/** For how long after a crash work may have to be tried again. */
const mendMs = 60_000;
const transferBytes = 4 * 2 ** 20;
/** Each kind's pause: about one work a second in all, which two processors do beside others' work. */
const pauseMs = { names: 1_000, transfers: 4_000, signIns: 5_000 } as const;
const noTally = (): Tally => ({
  done: 0,
  late: 0,
  interrupted: 0,
  failed: 0,
  megabytes: 0,
  dedicated: 0,
  totalMs: 0,
});

/** Has the nodes do, without end, what their owners would. */
export function createLoad(network: Network, churn: Churn): Load {
  const tallies = Object.fromEntries(workKinds.map((kind) => [kind, noTally()])) as Record<WorkKind, Tally>;
  const failures: Failure[] = [];
  const startedAt = performance.now();
  const publics = membersOf(network, "light_public").map(({ name }) => name);
  const privates = membersOf(network, "light_private").map(({ name }) => name);
  const backbones = membersOf(network, "backbone_auth").map(({ name }) => name);
  const light = [...publics, ...privates];

  /** Two different ones that run; null while there are none. */
  const pair = (from: readonly string[], to: readonly string[]): readonly [string, string] | null => {
    const source = pick(from.filter(churn.isWell));
    const target = pick(to.filter((name) => name !== source && churn.isWell(name)));
    return source === undefined || target === undefined ? null : [source, target];
  };

  async function work(
    kind: WorkKind,
    ends: readonly [string, string] | null,
    attempt: (from: string, to: string, tally: Tally) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    if (ends === null) return;
    const tally = tallies[kind];
    const lives = ends.map(churn.lifeOf);
    const beganAt = performance.now();
    for (let attempts = 1; ; attempts++) {
      const attemptAt = performance.now();
      try {
        await attempt(...ends, tally);
        tally.done++;
        tally.totalMs += performance.now() - attemptAt;
        if (attempts > 1) tally.late++;
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (ends.some((name, index) => churn.lifeOf(name) !== lives[index])) {
          tally.interrupted++;
          return;
        }
        const excused = attempts > 1 || churn.msSinceLast() < mendMs;
        if (!excused || performance.now() - beganAt > mendMs) {
          tally.failed++;
          failures.push({
            kind,
            between: ends.join(" → "),
            atS: Math.round((attemptAt - startedAt) / 1_000),
            error: ShadowMeshError.is(error) ? `${error.code}: ${error.message}` : String(error),
          });
          return;
        }
        await pause(1_000, signal);
      }
    }
  }

  const transfer = async (from: string, to: string, tally: Tally) => {
    const answer = await network.node(from).client.call(throughputRoutes.throughput, {
      peerId: network.node(to).peerId,
      bytes: transferBytes,
    });
    tally.megabytes += answer.bytes / 1e6;
    if (answer.dedicated) tally.dedicated++;
  };

  const rounds = {
    async names(signal: AbortSignal) {
      await work(
        "lookup",
        pair(light, [...light, ...backbones]),
        (from, to) => network.node(from).client.call(discoveryRoutes.lookup, { peerId: network.node(to).peerId }),
        signal,
      );
      await work(
        "ping",
        pair(light, light),
        (from, to) =>
          network.node(from).client.call(throughputRoutes.ping, { peerId: network.node(to).peerId, count: 1 }),
        signal,
      );
    },
    async transfers(signal: AbortSignal) {
      await work("direct", pair(light, publics), transfer, signal);
      await work("relayed", pair(privates, privates), transfer, signal);
    },
    async signIns(signal: AbortSignal) {
      await work("sign-in", pair(light, backbones), (from, to) => signIn(network, from, to), signal);
    },
  };

  return {
    tallies,
    failures,
    async run(signal) {
      const repeat = async (name: keyof typeof rounds) => {
        while (!signal.aborted) {
          await rounds[name](signal);
          await pause(pauseMs[name], signal);
        }
      };
      await Promise.all([repeat("names"), repeat("transfers"), repeat("signIns")]);
    },
  };
}

/** Signs in at a backbone as the node would. */
async function signIn(network: Network, from: string, to: string): Promise<void> {
  const { folder, peerId } = network.node(from);
  const { identity } = await readIdentityFile(folder);
  const client = createClient({ baseUrl: network.backboneUrl(to) });
  const { challenge } = await client.call(backboneRoutes.challenge, { peer_id: peerId });
  await client.call(backboneRoutes.verify, {
    peer_id: peerId,
    challenge,
    signature: Buffer.from(identity.signMlDsa(hexToBytes(challenge), authContext)).toString("base64"),
    public_key: Buffer.from(identity.mlDsaPublicKey).toString("base64"),
    node_address: identity.nodeAddress,
  });
}

const pick = <T>(items: readonly T[]): T | undefined => items[items.length > 0 ? randomInt(items.length) : 0];

/** Ends early at the signal. */
const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined);
