import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import pg from "pg";
import { until } from "./until.ts";

/** A PostgreSQL server of the test's own, on a free loopback port, in a folder that `stop` deletes. */
export interface PostgresServer {
  readonly version: string;
  /** Makes an empty database; returns its URL. */
  createDatabase(): Promise<string>;
  /** Shuts the server down, cutting off its clients. */
  halt(): Promise<void>;
  /** Kills its main process; the others end as they notice. */
  crash(): Promise<void>;
  /** Starts it again where it does not run, on the same port and data. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of PostgreSQL's programs, or null where it is not installed. */
export function findPostgres(): string | null {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/local/bin",
  ];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name)))) ?? null;
}

export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-pg-"));
  const user = unprivilegedUser();
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const flags = ["-D", data, "-U", "shadowmesh", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  await promisify(execFile)(join(programs, "initdb"), flags, { ...user, cwd: folder });
  const port = await freePort();
  const urlOf = (database: string) => `postgres://shadowmesh@127.0.0.1:${port}/${database}`;
  let running: ChildProcess | undefined;
  let databases = 0;

  function launch(): Promise<void> {
    const settings = ["fsync=off", "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`];
    const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
    running = spawn(join(programs, "postgres"), args, { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    return untilReady(running);
  }

  async function resume(): Promise<void> {
    if (running !== undefined) return;
    await until(async () => {
      try {
        await launch();
        return true;
      } catch (error) {
        // What a killed server leaves behind: its sessions hold the memory that they shared until they notice.
        running = undefined;
        if (String(error).includes("pre-existing shared memory block")) return false;
        throw error;
      }
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  // SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes what it has to.
  const halt = () => end("SIGINT");

  const server: PostgresServer = {
    version: (await promisify(execFile)(join(programs, "postgres"), ["--version"])).stdout.trim(),
    halt,
    crash: () => end("SIGKILL"),
    resume,
    async createDatabase() {
      const name = `test_${++databases}`;
      const client = new pg.Client(urlOf("postgres"));
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return urlOf(name);
    },
    async stop() {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await resume();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function untilReady(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines: string[] = [];
  if (child.stderr === null) throw new Error("postgres was started without stderr");
  createInterface(child.stderr).on("line", (line) => {
    lines.push(line);
    if (line.includes("database system is ready to accept connections")) resolve();
  });
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`postgres ended with ${code}:\n${lines.join("\n")}`)));
  await promise;
}

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const entry = ["postgres:", "nobody:"].flatMap((name) => users.find((line) => line.startsWith(name)) ?? [])[0];
  if (entry === undefined) throw new Error("there is neither a user postgres nor nobody to run PostgreSQL as");
  const [, , uid, gid] = entry.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

/** A loopback port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
