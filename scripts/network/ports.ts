import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";

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
    const server = (await hold(kept[name] ?? preferred[name] ?? 0)) ?? (await hold(0));
    const address = server?.address();
    if (!server || typeof address !== "object" || address === null) throw new Error("this machine has no free port");
    held.set(name, server);
    numbers[name] = address.port;
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

/** Listens on a port, or on a free one for 0; null where another program has it. */
function hold(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => resolve(server));
    // What is held must not hold us.
    server.unref();
  });
}
