import type { MessageStream, Stream } from "@libp2p/interface";
import { lpStream } from "@libp2p/utils";
import { z } from "zod";
import { ShadowMeshError } from "../../errors.ts";
import { overlayErrors } from "../errors.ts";

/** Asks a peer that we are connected to for a lane. */
export const laneProtocol = "/shadowmesh/lane/1.0.0";
/** Asks a relay for the two tickets of a splice. */
export const spliceProtocol = "/shadowmesh/splice/1.0.0";
/** ALPN of a lane's TLS. */
export const laneAlpn = "shadowmesh-lane/1";

/** A ticket for a data port, in hex. */
export const ticketSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const portSchema = z.number().int().min(1).max(65_535);

/** The way in which the two ends of a lane will meet, as the opener can offer it. */
export const laneRequestSchema = z.object({
  /** Names the lane inside its TLS, so that its ends know what it is for. */
  id: ticketSchema,
  protocol: z.string().min(1).max(128),
  /** The opener's data port, where the other can dial it. */
  port: portSchema.nullable(),
  /** For ends that meet at their connection's relay: its data port, and the other end's ticket. */
  splice: z.object({ port: portSchema, ticket: ticketSchema }).nullable(),
});
export type LaneRequest = z.infer<typeof laneRequestSchema>;

export const laneAnswerSchema = z.object({
  /** Whether the other end comes to the opener or to the splice; else the opener dials `port`. */
  coming: z.boolean(),
  port: portSchema.nullable(),
});

export const spliceAnswerSchema = z.union([
  z.object({ port: portSchema, near: ticketSchema, far: ticketSchema }),
  /** The asker owes for what was relayed before; of other reasons nothing is told. */
  z.object({ refused: z.literal("PAYMENT_REQUIRED") }),
]);
export type SpliceAnswer = z.infer<typeof spliceAnswerSchema>;

/** The largest of the messages above has some 400 bytes; a stream carries one in each direction, so more is a flood. */
const limits = { maxDataLength: 1024, maxBufferSize: 4096 };

/** Length-prefixed JSON on a stream, one message at a time. */
export function messages(stream: Stream) {
  const frames = lpStream(stream as MessageStream, limits);
  return {
    write: (message: object, signal: AbortSignal) => frames.write(Buffer.from(JSON.stringify(message)), { signal }),
    /** @throws MALFORMED_FRAME where the stream brings no whole and valid message */
    async read<Schema extends z.ZodType>(schema: Schema, signal: AbortSignal): Promise<z.infer<Schema>> {
      try {
        const frame = await frames.read({ signal });
        return schema.parse(JSON.parse(Buffer.from(frame.subarray()).toString()));
      } catch (cause) {
        signal.throwIfAborted();
        throw new ShadowMeshError(overlayErrors.MALFORMED_FRAME, { cause });
      }
    },
  };
}
