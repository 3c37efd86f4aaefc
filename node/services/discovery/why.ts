import type { Hex } from "viem";
import { ShadowMeshError } from "../../core/errors.ts";
import {
  type Attempt,
  describePortMapping,
  type Overlay,
  overlayErrors,
  type PeerConnection,
} from "../../core/overlay/index.ts";
import type { NodeRecord } from "../../core/records/index.ts";
import { rungs as ladder } from "../../core/schema.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import type { RungReport, Why } from "./api.ts";
import type { Lookup } from "./lookup.ts";
import type { Reach } from "./reach.ts";

const reachTimeoutMs = 15_000;
const pingTimeoutMs = 5_000;

export interface WhyDeps {
  reach: Reach;
  lookup: Lookup;
  overlay: Pick<Overlay, "attempts" | "plans" | "ping" | "portMapping">;
  /** What relays take, by the contract; null while it is not known, or there is none. */
  pricePerGiBWei(): Promise<bigint | null>;
}

/**
 * How a peer is reached and why so, connecting first where needed. That it can't be reached is an answer as well.
 *
 * @throws PEER_IS_SELF, PEER_NOT_FOUND, LOOKUP_UNAVAILABLE
 */
export type ExplainPath = (peerId: Hex, signal: AbortSignal) => Promise<Why>;

export function createExplainPath(deps: WhyDeps): ExplainPath {
  const { overlay } = deps;

  const connectionOf = async (peerId: Hex, signal: AbortSignal) => {
    try {
      return await deps.reach(peerId, AbortSignal.any([signal, timeoutSignal(reachTimeoutMs)]));
    } catch (error) {
      if (ShadowMeshError.is(error) && unreachable.has(error.code)) return null;
      throw error;
    }
  };

  const describe = async (connection: PeerConnection, signal: AbortSignal): Promise<Why["path"]> => {
    const { peerId, path, address, relay, direction, openedAtMs } = connection;
    const limit = AbortSignal.any([signal, timeoutSignal(pingTimeoutMs)]);
    const opening = overlay
      .attempts(peerId)
      .find((attempt) => attempt.outcome === "opened" && attempt.address === address);
    const price = path === "relayed" ? await deps.pricePerGiBWei() : null;
    return {
      rung: path,
      address,
      relay,
      direction,
      openedAtMs,
      connectMs: direction === "outbound" ? (opening?.elapsedMs ?? null) : null,
      roundTripMs: await overlay.ping(connection, limit).catch(() => connection.libp2p.rtt ?? null),
      pricePerGiBWei: price === null ? null : `${price}`,
    };
  };

  return async (peerId, signal) => {
    const connection = await connectionOf(peerId, signal);
    // A peer that came to us need not be known: its record is looked up to say what else there would be.
    const record = await deps.lookup(peerId, signal).then(
      (found) => found.record,
      () => null,
    );
    const path = connection === null ? null : await describe(connection, signal);
    const rungs = reportRungs(record, path, overlay.attempts(peerId), overlay.plans);
    const portMapping = describePortMapping(overlay.portMapping.status());
    return { peerId, path, reason: reasonOf(path, rungs), rungs, portMapping };
  };
}

const unreachable = new Set<string>(
  [overlayErrors.PEER_UNREACHABLE, overlayErrors.HANDSHAKE_REFUSED, overlayErrors.WRONG_PEER].map(({ code }) => code),
);

function reportRungs(
  record: NodeRecord | null,
  path: Why["path"],
  attempts: readonly Attempt[],
  plans: Overlay["plans"],
): RungReport[] {
  const planned = record === null ? [] : plans(record);
  const used = path === null ? -1 : ladder.indexOf(path.rung);
  return ladder.map((rung, index) => {
    const tried = attempts.filter((attempt) => attempt.rung === rung);
    const failures = tried.filter(({ outcome }) => outcome === "failed");
    const hindrance = planned.find((plan) => plan.rung === rung)?.hindrance ?? null;
    const [last] = failures;
    const told = { rung, attempts: tried };
    if (index === used) return { ...told, state: "in-use", code: null, reason: "It is in use." };
    if (hindrance !== null) {
      const { code, message, action } = hindrance;
      return { ...told, state: "not-applicable", code, reason: `${message} ${action}` };
    }
    if (last?.failure) {
      const { code, reason, action } = last.failure;
      return { ...told, state: "failed", code, reason: `${reason} ${action}` };
    }
    if (used >= 0 && index > used)
      return { ...told, state: "not-needed", code: null, reason: "A better one is in use." };
    if (record === null) return { ...told, state: "untried", code: null, reason: "The peer's record is not known." };
    return { ...told, state: "untried", code: null, reason: "It has not been tried to its end yet." };
  });
}

function reasonOf(path: Why["path"], rungs: readonly RungReport[]): string {
  if (path === null) return "The peer is not reached: no rung led to it.";
  const better = rungs.slice(0, ladder.indexOf(path.rung));
  const opener = path.direction === "inbound" ? "The peer came to this node" : "This node reached the peer";
  if (better.length === 0) return `${opener} on the best rung there is.`;
  return `${opener} on the best rung that opened: ${better.map(({ rung, state }) => `${rung} ${sentence[state]}`).join(", ")}.`;
}

const sentence: Record<RungReport["state"], string> = {
  "in-use": "is in use",
  "not-applicable": "does not apply",
  failed: "failed",
  untried: "is still to be tried",
  "not-needed": "is not needed",
};
