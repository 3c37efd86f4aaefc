import type { Stream } from "@libp2p/interface";
import type { Logger } from "pino";
import type { Hex } from "viem";
import type { IsBackbone } from "../../core/chain/index.ts";
import { ShadowMeshError } from "../../core/errors.ts";
import {
  decodeQuestion,
  encodeAnswer,
  isQuestionOf,
  maxClockOffsetMs,
  probeProtocol,
  questionBytes,
  sentAtOf,
  signAnswer,
} from "../../core/evidence/probe.ts";
import type { Identity } from "../../core/identity/index.ts";
import { type Overlay, readFrame } from "../../core/overlay/index.ts";
import type { StatementDomain } from "../../core/records/index.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import { healthErrors } from "./errors.ts";

/** Who sends no whole question by then is not asked again. */
const questionTimeoutMs = 5_000;
/** More than any backbone asks of one node, also where epochs are short; an answer costs two signatures' time. */
export const maxQuestionsPerMinute = 60;
const maxInboundStreams = 8;

export interface ResponderDeps {
  identity: Identity;
  domain(): StatementDomain;
  overlay: Pick<Overlay, "handle" | "unhandle">;
  isBackbone: IsBackbone;
  now: () => number;
  log: Logger;
}

/** Answers the backbones' probes: a signed nonce by a signed statement. */
export function createResponder(deps: ResponderDeps): Service {
  const { identity, now, log } = deps;
  /** Backbones alone are in here, and their number is governance's. */
  const asked = new Map<Hex, { sinceMs: number; count: number }>();

  const requireRare = (prober: Hex) => {
    const entry = asked.get(prober);
    if (entry === undefined || now() - entry.sinceMs >= 60_000) asked.set(prober, { sinceMs: now(), count: 1 });
    else if (++entry.count > maxQuestionsPerMinute) throw refused("it asks too often", prober);
  };

  const answer = async (stream: Stream, prober: Hex, stopping: AbortSignal) => {
    if (!(await deps.isBackbone(prober))) throw refused("it is no backbone of the contract", prober);
    requireRare(prober);
    const limit = AbortSignal.any([stopping, timeoutSignal(questionTimeoutMs)]);
    const question = decodeQuestion(await readFrame(stream, questionBytes, limit));
    if (question === null || !(await isQuestionOf(prober, identity.peerId, question, deps.domain()))) {
      throw refused("it did not sign the question", prober);
    }
    const offsetMs = sentAtOf(question.nonce) - now();
    if (Math.abs(offsetMs) > maxClockOffsetMs) {
      log.warn({ prober, offsetMs }, "a backbone's clock and ours differ too much: its probe stays unanswered");
      throw refused("its clock and ours differ too much", prober);
    }
    stream.send(encodeAnswer(await signAnswer(identity, prober, question.nonce, deps.domain())));
    await stream.close({ signal: limit });
  };

  return {
    async start(signal) {
      signal.throwIfAborted();
      await deps.overlay.handle(
        probeProtocol,
        (stream, { peerId }, stopping) =>
          answer(stream, peerId, stopping).catch((error: unknown) => {
            log.debug({ err: error, prober: peerId }, "probe not answered");
            throw error;
          }),
        { maxInboundStreams },
      );
    },
    stop: () => deps.overlay.unhandle(probeProtocol),
  };
}

function refused(reason: string, prober: Hex): ShadowMeshError {
  return new ShadowMeshError(healthErrors.PROBE_REFUSED, { details: { reason, prober } });
}
