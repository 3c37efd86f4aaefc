import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";

/**
 * Below what systems give to outgoing connections (Linux from 32,768, others from 49,152): between our letting go of
 * such a port and its program's start, any connection could take it. Above the last one that browsers and fetch refuse
 * (WHATWG Fetch, port blocking).
 */
const listeningPorts = { from: 10_081, to: 32_768 } as const;
const attempts = 100;

export interface Ports<N extends string> {
  readonly numbers: Readonly<Record<N, number>>;
  /** Frees ports that were held for a program, right before it starts. */
  release(...names: N[]): Promise<void>;
  releaseAll(): Promise<void>;
}

/**
 * Ports by name, kept from run to run so that links and wallets stay valid; one that another program has taken since is
 * replaced. All are held by us until their programs start: another network that starts meanwhile finds them taken.
 */
export async function allocatePorts<const N extends string>(
  path: string,
  names: readonly N[],
  preferred: Partial<Record<N, number>>,
): Promise<Ports<N>> {
  const kept = await readKept(path);
  const numbers = {} as Record<N, number>;
  const held = new Map<N, Server>();
  for (const name of names) {
    const wanted = kept[name] ?? preferred[name];
    const port = (wanted === undefined ? null : await hold(wanted)) ?? (await holdAny());
    held.set(name, port.server);
    numbers[name] = port.number;
  }
  const release = async (...released: N[]) => {
    await Promise.all(
      released.map((name) => new Promise((resolve) => held.get(name)?.close(resolve) ?? resolve(null))),
    );
  };
  await writeFile(path, `${JSON.stringify(numbers, null, 2)}\n`);
  return { numbers, release, releaseAll: () => release(...names) };
}

async function readKept(path: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return {};
  }
}

interface HeldPort {
  number: number;
  server: Server;
}

/** Listens on a port; null where another program has it. */
function hold(number: number): Promise<HeldPort | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(null));
    server.listen(number, "127.0.0.1", () => resolve({ number, server }));
    // What is held must not hold us.
    server.unref();
  });
}

async function holdAny(): Promise<HeldPort> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = await hold(randomInt(listeningPorts.from, listeningPorts.to));
    if (port !== null) return port;
  }
  throw new Error(`this machine has no free port from ${listeningPorts.from} to ${listeningPorts.to - 1}`);
}
