import type { PeerId } from "@libp2p/interface";
import type { Logger } from "pino";
import type { Hex } from "viem";
import { ShadowMeshError } from "../errors.ts";
import { limitLines } from "../log/index.ts";
import { overlayErrors } from "./errors.ts";
import type { HandshakeRefusal } from "./pq-tls/index.ts";

/** Enough to see what goes on; a hostile peer can open streams and connections by the thousand. */
const limits = { lines: 20, periodMs: 60_000 };

/** What was refused to peers: told to the log, and handshakes also to whoever dialled. */
export interface Refusals {
  /** A stream was reset since its handler threw. */
  stream(peerId: Hex | undefined, protocol: string, error: unknown): void;
  handshake(refusal: HandshakeRefusal): void;
  /**
   * Runs a dial to an address of a peer, or to whichever it turns out to be where that is null.
   *
   * @throws HANDSHAKE_REFUSED, WRONG_PEER, and where no handshake ended it what it throws itself
   */
  dialling<T>(peer: PeerId, address: string | null, dial: () => Promise<T>): Promise<T>;
}

export function createRefusals(deps: { log: Logger; now: () => number }): Refusals {
  const warn = limitLines((fields, message) => deps.log.warn(fields, message), limits, deps.now);
  const inform = limitLines((fields, message) => deps.log.info(fields, message), limits, deps.now);
  const debug = limitLines((fields, message) => deps.log.debug(fields, message), limits, deps.now);
  const dials = new Set<{ peer: PeerId; address: string | null; refused: ShadowMeshError | undefined }>();

  return {
    stream(peerId, protocol, error) {
      // Streams end early in everyday life; what breaks a protocol has a code.
      if (!ShadowMeshError.is(error)) return debug({ peerId, protocol, reason: String(error) }, "a stream failed");
      warn({ peerId, protocol, code: error.code, details: error.details }, "a stream was refused");
    },
    handshake({ direction, address, wanted, error }) {
      if (direction === "inbound") {
        return inform({ address, code: error.code, details: error.details }, "a handshake was refused");
      }
      for (const dial of dials) {
        const isThisOne = dial.address === null || address === undefined || dial.address === address;
        if (isThisOne && wanted?.equals(dial.peer)) dial.refused = error;
      }
    },
    async dialling(peer, address, dial) {
      const own = { peer, address, refused: undefined };
      dials.add(own);
      try {
        return await dial();
      } catch (cause) {
        throw (
          own.refused ??
          (speaksAnother(cause)
            ? new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, {
                details: { reason: "the peer does not offer it" },
                cause,
              })
            : cause)
        );
      } finally {
        dials.delete(own);
      }
    },
  };
}

/** libp2p gives the message alone of what ended a handshake, here its own of a peer that knows none of our protocols. */
function speaksAnother(cause: unknown): boolean {
  const failures: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return failures.some(
    (failure) =>
      failure instanceof Error &&
      failure.name === "EncryptionFailedError" &&
      failure.message.includes("could not negotiate"),
  );
}
