import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";

/**
 * Ports by name, kept from run to run so that links and wallets stay valid; a port that another program has taken since
 * is replaced.
 */
export async function allocatePorts<const N extends string>(
  path: string,
  preferred: Record<N, number>,
): Promise<Record<N, number>> {
  const kept = await readKept(path);
  const ports = {} as Record<N, number>;
  const taken = new Set<number>();
  for (const name of Object.keys(preferred) as N[]) {
    let port = kept[name] ?? preferred[name];
    if (taken.has(port) || !(await isFree(port))) port = await findFree(taken);
    ports[name] = port;
    taken.add(port);
  }
  await writeFile(path, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

async function readKept(path: string): Promise<Record<string, number>> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return {};
  }
}

async function findFree(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (port !== null && !taken.has(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== null;
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : null));
    });
  });
}
