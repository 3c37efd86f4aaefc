import type { Stream } from "@libp2p/interface";
import { streamPair } from "@libp2p/utils";
import type { z } from "zod";
import { messages } from "../../../node/core/overlay/lanes/index.ts";
import { soon } from "../../harness/mesh.ts";
import type { Random } from "../../harness/random.ts";
import { prefixed, type Target, toBytes } from "../target.ts";

/** Has a stranger send bytes on a stream and end it, and reads them. */
export async function exchange<T>(bytes: Uint8Array, read: (stream: Stream) => Promise<T>): Promise<T> {
  const [near, far] = await streamPair();
  try {
    const reading = read(far);
    reading.catch(() => undefined);
    // A reader that has had enough closes before all is sent.
    try {
      near.send(bytes);
      await near.close({ signal: soon() });
    } catch (error) {
      near.abort(error as Error);
    }
    return await reading;
  } finally {
    for (const stream of [near, far]) stream.abort(new Error("done"));
  }
}

/** A message in JSON behind its length, as overlay protocols send it on a stream. */
export function message<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  valid: (random: Random) => object,
  isSound: (meaning: z.infer<Schema>) => boolean,
): Target {
  return {
    name,
    rounds: 300,
    open: async () => ({
      valid: (random) => toBytes(valid(random)),
      frame: prefixed,
      codes: ["MALFORMED_FRAME"],
      read: (bytes) => exchange(bytes, (stream) => messages(stream).read(schema, soon())),
      isSound: (meaning) => isSound(meaning as z.infer<Schema>),
    }),
  };
}

export const isPort = (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
export const portOf = (random: Random) => 1 + random.integer(65_535);
