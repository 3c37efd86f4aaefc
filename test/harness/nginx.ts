import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { generateCertificate } from "@libp2p/tls/utils";
import { freePort } from "./postgres.ts";
import { until } from "./until.ts";

/** nginx by a configuration that is meant for a container, on ports of the test's own. */
export interface Nginx {
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly healthPort: number;
  /** Lines of its access log. */
  accessLog(): Promise<string[]>;
  stop(): Promise<void>;
}

/** nginx' program, or null where it is not installed. */
export function findNginx(): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, "nginx")).find((path) => existsSync(path)) ?? null;
}

/** Starts it on a configuration in which each of these texts is replaced; one that is not there is a mistake. */
export async function startNginx(
  program: string,
  configuration: string,
  replacements: Readonly<Record<string, string>>,
): Promise<Nginx> {
  // Another process may take a port between its choice and its use.
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(program, configuration, replacements);
    } catch (error) {
      if (attempt === 5 || !/Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOnce(
  program: string,
  configuration: string,
  replacements: Readonly<Record<string, string>>,
): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "shadowmesh-nginx-"));
  const [httpsPort, httpPort, healthPort] = [await freePort(), await freePort(), await freePort()];
  const all = {
    // First: its own folder may lie there, too.
    " /tmp/": ` ${folder}/`,
    ...replacements,
    "listen 443 ": `listen 127.0.0.1:${httpsPort} `,
    "listen 80 ": `listen 127.0.0.1:${httpPort} `,
    "listen 127.0.0.1:8081": `listen 127.0.0.1:${healthPort}`,
    "/etc/shadowmesh/tls/": `${folder}/`,
    "/dev/stdout": `${folder}/access.log`,
  };
  let text = await readFile(configuration, "utf8");
  for (const [from, to] of Object.entries(all)) {
    if (!text.includes(from)) throw new Error(`${configuration} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const { cert, key } = await generateCertificate(await generateKeyPair("Ed25519"));
  const files = { "nginx.conf": text, "fullchain.pem": cert, "privkey.pem": key };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  // As in its container it runs without any rights; this folder is what it may write to.
  await chmod(folder, 0o777);
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const args = ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr", "-g", "daemon off;"];
  const child = spawn(program, args, { ...user, stdio: ["ignore", "ignore", "pipe"] });
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  child.on("error", (error) => {
    said += error.message;
  });
  try {
    const url = `http://127.0.0.1:${healthPort}/healthz`;
    await until(async () => {
      if (child.exitCode !== null || child.pid === undefined) throw new Error(`nginx ended: ${said}`);
      return fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    httpsPort,
    httpPort,
    healthPort,
    accessLog: async () => (await readFile(join(folder, "access.log"), "utf8")).split("\n").filter(Boolean),
    stop,
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}
