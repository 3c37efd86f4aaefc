import { cpuSeconds } from "../process-stats.ts";
import { createEnds, type End } from "./ends.ts";
import { chunkBytes, type EndArguments, type StackName } from "./stack.ts";

/** About as much as passes in half a second, so that each is measured for as long. */
const chunks: Record<StackName, number> = { ours: 4096, libp2p: 512, proxy: 4096, tls: 4096 };

export interface Transferred {
  /** 10^6 bytes a second, from the first byte's write to the receiver's answer. */
  readonly mbPerSecond: number;
  /** What the relay's process took of a core, per 10^9 bytes; NaN where there is none. */
  readonly relaySecondsPerGB: number;
}

/** Rounds of one transfer each, in turn, after one that warms up; two or three processes a stack, connected throughout. */
export async function measureInTurn<Name extends StackName>(
  stacks: readonly Name[],
  { relayed, rounds }: { relayed: boolean; rounds: number },
): Promise<Record<Name, Transferred[]>> {
  const ends = await createEnds();
  try {
    const measured: { stack: Name; transfer: () => Promise<Transferred>; results: Transferred[] }[] = [];
    for (const stack of stacks) {
      measured.push({ stack, transfer: await connectEnds(stack, relayed, ends.start), results: [] });
    }
    for (let round = 0; round <= rounds; round++) {
      for (const { transfer, results } of measured) {
        const result = await transfer();
        if (round > 0) results.push(result);
      }
    }
    return Object.fromEntries(measured.map(({ stack, results }) => [stack, results])) as Record<Name, Transferred[]>;
  } finally {
    await ends.stop();
  }
}

async function connectEnds(stack: StackName, relayed: boolean, start: (args: EndArguments) => Promise<End>) {
  const bytes = chunks[stack] * chunkBytes;
  const relay = relayed ? await start({ stack, role: "relay", bytes }) : undefined;
  const receiver = await start({ stack, role: "receiver", bytes, address: relay?.address });
  const sender = await start({ stack, role: "sender", bytes, address: receiver.address });
  const relayCpu = async () => (relay === undefined ? Number.NaN : cpuSeconds(relay.pid));
  return async (): Promise<Transferred> => {
    const before = await relayCpu();
    const { elapsedMs = Number.NaN } = await sender.ask("send");
    const cpu = (await relayCpu()) - before;
    return { mbPerSecond: bytes / 1000 / elapsedMs, relaySecondsPerGB: cpu / (bytes / 1e9) };
  };
}
