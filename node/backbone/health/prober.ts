import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import { maxLatencyMs, type ProbeLine } from "../../core/evidence/lines.ts";
import {
  answerBytes,
  createNonce,
  decodeAnswer,
  encodeQuestion,
  isAnswer,
  probeProtocol,
  signQuestion,
} from "../../core/evidence/probe.ts";
import type { Identity } from "../../core/identity/index.ts";
import { overlayErrors, type PeerConnection, readFrame } from "../../core/overlay/index.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";

/** Until a node is found and connected: longer than a direct dial and one through a relay. */
const reachTimeoutMs = 10_000;

export interface ProberDeps {
  identity: Identity;
  domain: StatementDomain;
  /**
   * Reaches a node as one who does not know it yet, also where it holds a connection to us: a private node through its
   * relays.
   */
  reachAnew(peerId: Hex, signal: AbortSignal): Promise<PeerConnection>;
  now: () => number;
}

/** Asks a node once whether it is there; one that cannot be reached, or does not answer well and in time, is not. */
export type Probe = (node: Hex, signal: AbortSignal) => Promise<ProbeLine>;

export function createProbe(deps: ProberDeps): Probe {
  const { identity, domain, now } = deps;

  async function ask(connection: PeerConnection, node: Hex, signal: AbortSignal): Promise<ProbeLine> {
    const nonce = createNonce(now());
    const question = encodeQuestion(await signQuestion(identity, node, nonce, domain));
    const stream = await connection.open(probeProtocol, signal);
    try {
      const startedAt = performance.now();
      stream.send(question);
      const frame = await readFrame(stream, answerBytes, signal);
      const latencyMs = Math.round(performance.now() - startedAt);
      const answer = decodeAnswer(frame);
      const probe = { prober: identity.peerId, node, nonce };
      if (latencyMs > maxLatencyMs || answer === null || !(await isAnswer(probe, answer, domain))) {
        throw new ShadowMeshError(overlayErrors.MALFORMED_FRAME);
      }
      return { kind: "probe", ...probe, latencyMs, ...answer };
    } finally {
      await stream.close({ signal }).catch(() => undefined);
    }
  }

  return async (node, signal) => {
    const sentAtMs = now();
    let connection: PeerConnection | undefined;
    try {
      connection = await deps.reachAnew(node, AbortSignal.any([signal, timeoutSignal(reachTimeoutMs)]));
      return await ask(connection, node, AbortSignal.any([signal, timeoutSignal(maxLatencyMs)]));
    } catch (error) {
      // Broken off by us: that says nothing of the node.
      if (signal.aborted) throw error;
      const unanswered = { latencyMs: null, mlDsaKeyHash: null, signature: null };
      return { kind: "probe", prober: identity.peerId, node, nonce: createNonce(sentAtMs), ...unanswered };
    } finally {
      await connection?.libp2p.close().catch(() => undefined);
    }
  };
}
