import type { Stream } from "@libp2p/interface";
import { z } from "zod";
import { messages, type PeerConnection } from "../../core/overlay/index.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";

/** A relay that stops tells those who hold a reservation, and waits until they can do without it. */
export const drainProtocol = "/shadowmesh/relay-drain/1.0.0";

/** The relay's word. */
export const drainSchema = z.object({
  /** How long it waits at the most, in milliseconds. */
  withinMs: z.number().int().min(0).max(60_000),
});

/** The client's answer, once it has done what it can. */
export const drainAnswerSchema = z.object({
  /** Whether it is reachable without this relay. */
  moved: z.boolean(),
});

/** Tells a client that we go in so much time. Resolves with whether it is reachable without us, once that is so. */
export async function tellOfDrain(
  connection: PeerConnection,
  { withinMs, signal }: { withinMs: number; signal: AbortSignal },
): Promise<boolean> {
  const stream = await connection.open(drainProtocol, signal);
  try {
    const channel = messages(stream);
    await channel.write({ withinMs } satisfies z.infer<typeof drainSchema>, signal);
    const { moved } = await channel.read(drainAnswerSchema, signal);
    await stream.close({ signal });
    return moved;
  } catch (error) {
    stream.abort(error as Error);
    throw error;
  }
}

/**
 * Hears a relay out, and answers it once `move` has ended.
 *
 * @throws MALFORMED_FRAME
 */
export async function answerDrain(
  stream: Stream,
  move: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const channel = messages(stream);
  const hearing = AbortSignal.any([signal, timeoutSignal(hearTimeoutMs)]);
  const { withinMs } = await channel.read(drainSchema, hearing);
  const moved = await move(AbortSignal.any([signal, timeoutSignal(withinMs)]));
  await channel.write({ moved } satisfies z.infer<typeof drainAnswerSchema>, signal);
  await stream.close({ signal });
}

const hearTimeoutMs = 5_000;
