import type { MessageStream } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import type { PeerConnection } from "../../node/core/overlay/index.ts";

/** The protocols that a peer says it speaks (libp2p specs, identify/README.md). */
export async function protocolsOf(connection: PeerConnection): Promise<string[]> {
  const signal = AbortSignal.timeout(10_000);
  const stream = await connection.open("/ipfs/id/1.0.0", signal);
  const message = await lpStream(stream as MessageStream).read({ signal });
  return [...fieldsOf(message.subarray())].flatMap(([field, value]) =>
    field === protocolsField ? [Buffer.from(value).toString()] : [],
  );
}

const protocolsField = 3;

/** The fields of a protobuf message of which each has its length before it, as all of identify's have. */
function* fieldsOf(message: Uint8Array): Generator<[number, Uint8Array]> {
  let at = 0;
  const varint = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const field = varint() >> 3;
    const length = varint();
    yield [field, message.subarray(at, at + length)];
    at += length;
  }
}
