import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Load {
  url: string;
  method: "GET" | "POST";
  body?: string;
  /** Of each agent its Authorization header; one empty string for requests without. */
  authorizations: string[];
  connections: number;
  seconds: number;
  /** All connections together; as fast as they can where it is not given. */
  perSecond?: number;
}

export interface Rate {
  perSecond: number;
  meanMs: number;
  p99Ms: number;
  /** Requests that were not answered with 200: how many, by status, or by what became of them. */
  failures: Record<string, number>;
}

/** Starts a program of this folder, or another; its first message, where it sends one by itself. */
export function startProgram(path: string, args: readonly string[] = []): ChildProcess {
  const program = fileURLToPath(new URL(path, import.meta.url));
  return fork(program, args, { execArgv: ["--disable-warning=ExperimentalWarning"] });
}

export async function messageOf<T>(child: ChildProcess): Promise<T> {
  // Ends the wait that lost, whose listeners would stay.
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const [message] = await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(() =>
        Promise.reject(new Error("a process of the benchmark ended by itself")),
      ),
    ]);
    return message as T;
  } finally {
    settled.abort();
  }
}

/** Sends a load. @throws where a request failed: a rate of refusals is none */
export async function measureRate(loader: ChildProcess, load: Load): Promise<Rate> {
  loader.send(load);
  const rate = await messageOf<Rate>(loader);
  if (Object.keys(rate.failures).length > 0)
    throw new Error(`requests to ${load.url} failed: ${JSON.stringify(rate.failures)}`);
  return rate;
}
