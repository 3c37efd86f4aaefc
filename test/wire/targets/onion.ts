import { PassThrough } from "node:stream";
import type { z } from "zod";
import {
  type Extend,
  type Extended,
  extendedSchema,
  extendSchema,
  readHops,
  readMessage,
} from "../../../node/core/overlay/onion/protocol.ts";
import { identityOf, recordOf } from "../../harness/identities.ts";
import { soon } from "../../harness/mesh.ts";
import type { Random } from "../../harness/random.ts";
import { refused, type Target, toBytes } from "../target.ts";

/** The length in two bytes, then the body. */
const framed = (body: Uint8Array) => Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body]);

/** A path whose other end has gone is nobody's fault. */
const reading = <T>(bytes: Uint8Array, read: (stream: PassThrough) => Promise<T>): Promise<T | typeof refused> => {
  const stream = new PassThrough();
  stream.end(bytes);
  return read(stream).catch((error: Error) => {
    if (error.message === "the stream ended too early") return refused;
    throw error;
  });
};

function target<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  valid: (random: Random) => Promise<object>,
  isSound: (meaning: z.infer<Schema>) => boolean,
): Target {
  return {
    name,
    rounds: 400,
    open: async () => ({
      valid: async (random) => toBytes(await valid(random)),
      frame: framed,
      read: (bytes) => reading(bytes, (stream) => readMessage(stream, schema, soon())),
      codes: ["MALFORMED_FRAME"],
      isSound: (meaning) => isSound(meaning as z.infer<Schema>),
    }),
  };
}

const hopsLeft: Target = {
  name: "how many hops a path has left",
  rounds: 400,
  open: async () => ({
    valid: (random) => Buffer.of(random.integer(5)),
    read: (bytes) => reading(bytes, (stream) => readHops(stream, soon())),
    codes: ["MALFORMED_FRAME"],
    isSound: (hops, { bytes }) => hops === bytes[0] && Number(hops) <= 4,
  }),
};

export const onionTargets: readonly Target[] = [
  hopsLeft,
  target(
    "what a hop is told of the next",
    extendSchema,
    async (random) => {
      const next = await recordOf(identityOf(1 + random.integer(3)), { nowMs: 1_700_000_000_000 });
      return { next } satisfies Extend;
    },
    ({ next }) => next.signature.length === 132,
  ),
  target(
    "what a hop answers",
    extendedSchema,
    async (random) =>
      random.pick<Extended>([{ extended: true }, { refused: "NEXT_UNKNOWN" }, { refused: "PAYMENT_REQUIRED" }]),
    (answer) => ("extended" in answer ? answer.extended === true : /^[A-Z_]+$/.test(answer.refused)),
  ),
];
