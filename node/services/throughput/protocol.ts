export const throughputProtocol = "/shadowmesh/throughput/1.0.0";
/** A measurement needs seconds, not hours: 1 GiB keeps a stranger from filling our line for long. */
export const maxTransferBytes = 2 ** 30;
/** More at once would measure each other. */
export const maxInboundTransfers = 2;
/** A sender that is silent for so long has gone. */
export const idleTimeoutMs = 15_000;
/** Length of the request's header and of the answer's count. */
export const lengthBytes = 8;
export const answerBytes = lengthBytes + 32;
/** The answer of a peer that measures with others already: a count of 0, which no measurement has. */
export const busyAnswer: Uint8Array = new Uint8Array(answerBytes);
/** Lanes past those served: to be told that we are busy. */
export const maxRefusedTransfers = 8;
export const chunkBytes = 64 * 1024;

/** Reads a big-endian unsigned 64-bit length; null where it is 0 or over the limit. */
export function decodeLength(bytes: Uint8Array): number | null {
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, lengthBytes).readBigUInt64BE();
  return length === 0n || length > BigInt(maxTransferBytes) ? null : Number(length);
}

export function encodeLength(length: number): Uint8Array {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}
