import type { Stream } from "@libp2p/interface";

/** Reads so many bytes of a libp2p stream, or those that came before it ended. */
export async function readBytes(stream: Stream, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let received = 0;
  for await (const part of stream) {
    parts.push(part instanceof Uint8Array ? part : part.subarray());
    received += part.byteLength;
    if (received >= length) break;
  }
  return Buffer.concat(parts);
}
