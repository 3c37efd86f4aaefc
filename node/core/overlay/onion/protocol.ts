import type { Duplex } from "node:stream";
import { z } from "zod";
import { ShadowMeshError } from "../../errors.ts";
import { maxRecordBytes, signedRecordSchema } from "../../records/index.ts";
import { maxHops } from "../../schema.ts";
import { overlayErrors } from "../errors.ts";
import { readExactly } from "../lanes/index.ts";

/** A lane on which a path comes in. */
export const onionProtocol = "/shadowmesh/onion/2.0.0";
/** ALPN of a layer's TLS. */
export const onionAlpn = "shadowmesh-onion/2";

/** Told to a hop inside its layer. */
export const extendSchema = z.object({
  /** Whose record says where the next one is. */
  next: signedRecordSchema,
});
export type Extend = z.infer<typeof extendSchema>;

export const extendedSchema = z.union([
  z.object({ extended: z.literal(true) }),
  z.object({ refused: z.enum(["PAYMENT_REQUIRED", "NEXT_UNKNOWN", "NEXT_UNREACHABLE"]) }),
]);
export type Extended = z.infer<typeof extendedSchema>;

/** A record in JSON inside JSON may be twice as long. */
const maxMessageBytes = 2 * maxRecordBytes + 512;

/**
 * The first byte of a lane: the hops that the path has left, its receiver included; 0 where that is the peer itself. The
 * opener says it to the first one alone, and each says one less than it heard to the next: the hops that it is paid for
 * beyond itself are those that the next one bills it for.
 */
export const writeHops = (duplex: Duplex, hops: number): void => void duplex.write(Buffer.of(hops));

/** @throws MALFORMED_FRAME, and where the stream ends or the signal aborts */
export async function readHops(duplex: Duplex, signal: AbortSignal): Promise<number> {
  const hops = (await readExactly(duplex, 1, signal)).readUInt8();
  if (hops > maxHops) throw malformed(`a path with ${hops} hops left`);
  return hops;
}

/** A length in two bytes, then JSON. */
export function writeMessage(duplex: Duplex, message: Extend | Extended): void {
  const json = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(json.length);
  duplex.write(Buffer.concat([length, json]));
}

/** @throws MALFORMED_FRAME, and where the stream ends or the signal aborts before the message is whole */
export async function readMessage<Schema extends z.ZodType>(
  duplex: Duplex,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.infer<Schema>> {
  const length = (await readExactly(duplex, 2, signal)).readUInt16BE();
  if (length === 0 || length > maxMessageBytes) throw malformed(`a message of ${length} bytes`);
  const json = await readExactly(duplex, length, signal);
  try {
    return schema.parse(JSON.parse(json.toString()));
  } catch (cause) {
    throw malformed("a message that is none", cause);
  }
}

const malformed = (reason: string, cause?: unknown) =>
  new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { details: { reason }, cause });
