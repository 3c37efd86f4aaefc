import type { MessageStream, Stream } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import { ShadowMeshError } from "../../errors.ts";
import { maxRecordBytes, type NodeRecord, type SignedRecord } from "../../records/index.ts";
import { overlayErrors } from "../errors.ts";
import type { PeerConnection } from "../peer-connection.ts";
import { decodeRecord, encodeRecord, type VerifyRecord } from "../record-dht.ts";
import { moveErrors } from "./errors.ts";

/** A node tells a peer that its addresses are others now: its new signed record, which names what it replaces. */
export const moveProtocol = "/shadowmesh/move/1.0.0";

/** A record escaped, and its signature; a stream carries one. */
const limits = { maxDataLength: 2 * maxRecordBytes, maxBufferSize: 4 * maxRecordBytes };
const taken = Uint8Array.of(1);

/** Resolves once the peer has taken it. */
export async function sendMove(connection: PeerConnection, signed: SignedRecord, signal: AbortSignal): Promise<void> {
  const stream = await connection.open(moveProtocol, signal);
  try {
    const frames = lpStream(stream as MessageStream, limits);
    await frames.write(encodeRecord(signed), { signal });
    await frames.read({ signal });
    await stream.close({ signal });
  } catch (error) {
    stream.abort(error as Error);
    throw error;
  }
}

/**
 * Reads the word of a move, and answers it once it has been acted on.
 *
 * @throws MALFORMED_FRAME; RECORD_INVALID; MOVE_REFUSED where it is another node's, or older than what is known
 */
export async function receiveMove(
  stream: Stream,
  deps: {
    peer: PeerConnection;
    known: NodeRecord | undefined;
    verifyRecord: VerifyRecord;
    act(record: NodeRecord): void;
  },
  signal: AbortSignal,
): Promise<void> {
  const frames = lpStream(stream as MessageStream, limits);
  const frame = await frames.read({ signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { cause });
  });
  const record = await decodeRecord(frame.subarray(), deps.verifyRecord);
  const refuse = (reason: string) => new ShadowMeshError(moveErrors.MOVE_REFUSED, { details: { reason } });
  if (record.peerId !== deps.peer.peerId) throw refuse("it is another node's");
  if (deps.known !== undefined && record.sequence < deps.known.sequence) throw refuse("a newer one is known");
  deps.act(record);
  await frames.write(taken, { signal });
  await stream.close({ signal });
}
