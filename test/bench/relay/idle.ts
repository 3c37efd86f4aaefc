import { createEnds } from "../transfer/ends.ts";
import type { Question } from "../transfer/stack.ts";

/** What the first ones bring is not each one's cost. */
const warmUps = 20;
const clients = 40;
/** Of each dialler, of the 16 that a relay grants a client; the first ones warm up. */
const pipesEach = { warmUps: 4, measured: 12 };
const diallers = 8;
/** Each comes with a handshake, whose garbage V8's heap first has to grow for. */
const parked = { warmUps: 48, measured: 96 };

/** KiB (1024 bytes) that a relay's process grows by. */
export interface IdleCost {
  /** For each client that is connected and holds a reservation. */
  readonly clientKiB: number;
  /** For each pipe between two of them; ours are lanes, js-libp2p's are streams of a circuit and cost it nothing more. */
  readonly pipeKiB: number;
}

export async function measureIdle(stack: "ours" | "libp2p"): Promise<IdleCost> {
  return withRelay(stack, async (ask, growth) => {
    await ask({ receivers: warmUps });
    const clientKiB = await growth({ receivers: clients }, clients);
    await ask({ diallers });
    await ask({ pipesEach: pipesEach.warmUps });
    return { clientKiB, pipeKiB: await growth({ pipesEach: pipesEach.measured }, diallers * pipesEach.measured) };
  });
}

/** KiB for each client of ours that holds a reservation and is parked. */
export async function measureParked(): Promise<number> {
  return withRelay("ours", async (ask, growth) => {
    await ask({ parked: parked.warmUps });
    return growth({ parked: parked.measured }, parked.measured);
  });
}

/** A relay and its clients, a process each: asks the clients, also with by how many KiB each of so many makes the relay grow. */
async function withRelay<T>(
  stack: "ours" | "libp2p",
  measure: (
    ask: (question: Question) => Promise<unknown>,
    growth: (question: Question, by: number) => Promise<number>,
  ) => Promise<T>,
): Promise<T> {
  const ends = await createEnds();
  try {
    const relay = await ends.start({ stack, role: "relay", bytes: 0 });
    const others = await ends.start({ stack, role: "clients", bytes: 0, address: relay.address });
    const growth = async (question: Question, by: number) => {
      const { rssBytes: before = Number.NaN } = await relay.ask("memory");
      await others.ask(question);
      const { rssBytes: after = Number.NaN } = await relay.ask("memory");
      return (after - before) / 1024 / by;
    };
    return await measure(others.ask, growth);
  } finally {
    await ends.stop();
  }
}
