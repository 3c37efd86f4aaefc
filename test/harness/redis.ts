import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis of the test's own, on a socket in a folder that `stop` deletes: it takes no port. */
export interface RedisServer {
  /** What `backbone.redisUrl` takes. */
  readonly url: string;
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Redis' server program, or null where it is not installed. */
export function findRedis(): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => join(folder, "redis-server")).find((path) => existsSync(path)) ?? null;
}

export async function startRedis(program: string): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-redis-"));
  const url = join(folder, "redis.sock");
  let running: ChildProcess | undefined;

  async function resume(): Promise<void> {
    const args = ["--port", "0", "--unixsocket", url, "--dir", folder, "--save", "", "--appendonly", "no"];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
    running = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    createInterface(child.stdout).on("line", (line) => {
      if (/ready to accept connections/i.test(line)) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    await promise;
  }

  async function halt(): Promise<void> {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
  }

  await resume();
  return {
    url,
    resume,
    halt,
    async stop() {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
