import { createEnds } from "../transfer/ends.ts";
import type { Question } from "../transfer/stack.ts";

/** What the first ones bring is not each one's cost. */
const warmUps = 20;
const clients = 40;
/** Of each dialler, of the 16 that a relay grants a client; the first ones warm up. */
const pipesEach = { warmUps: 4, measured: 12 };
const diallers = 8;

/** KiB (1024 bytes) that a relay's process grows by. */
export interface IdleCost {
  /** For each client that is connected and holds a reservation. */
  readonly clientKiB: number;
  /** For each pipe between two of them; ours are lanes, js-libp2p's are streams of a circuit and cost it nothing more. */
  readonly pipeKiB: number;
}

export async function measureIdle(stack: "ours" | "libp2p"): Promise<IdleCost> {
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
    await others.ask({ receivers: warmUps });
    const clientKiB = await growth({ receivers: clients }, clients);
    await others.ask({ diallers });
    await others.ask({ pipesEach: pipesEach.warmUps });
    return { clientKiB, pipeKiB: await growth({ pipesEach: pipesEach.measured }, diallers * pipesEach.measured) };
  } finally {
    await ends.stop();
  }
}
