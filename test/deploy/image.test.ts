import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { backboneRoutes } from "../../node/backbone/api.ts";
import { configSchema } from "../../node/config.ts";
import { buildDaemon } from "../../scripts/build.ts";
import { assembleImage } from "../../scripts/image.ts";
import { root } from "../../scripts/root.ts";
import { freePort } from "../harness/postgres.ts";
import { until } from "../harness/until.ts";
import { send } from "../node/api/fixture.ts";
import { read } from "./manifests.ts";

describe("Dockerfile", () => {
  let instructions: [name: string, rest: string][];
  before(async () => {
    const lines = (await read("Dockerfile"))
      .replace(/\\\n\s*/g, "")
      .split("\n")
      .filter((line) => /^[A-Z]/.test(line));
    instructions = lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
  });
  const all = (name: string) => instructions.filter(([found]) => found === name).map(([, rest]) => rest);

  it("builds and runs on the Node that the tests run on", async () => {
    const { devDependencies, scripts } = JSON.parse(await read("package.json"));
    expect(all("ARG")).to.deep.equal([`NODE_VERSION=${devDependencies.node}`]);
    for (const from of all("FROM")) expect(from).to.match(/^node:\$\{NODE_VERSION\}-bookworm-slim( AS build)?$/);
    for (const [, script] of all("RUN")
      .join("\n")
      .matchAll(/npm run (\w+)/g))
      expect(scripts).to.have.property(script ?? "");
    expect(all("ADD")).to.deep.equal([]);
    for (const copied of all("COPY")
      .filter((rest) => !/^(--from|\. )/.test(rest))
      .flatMap((rest) => rest.split(" ").slice(0, -1))) {
      expect(existsSync(join(root, copied)), copied).to.equal(true);
    }
  });

  it("runs without rights, writes to /data alone, and is checked by the backbone's readiness", () => {
    const last = instructions.slice(instructions.findLastIndex(([name]) => name === "FROM"));
    const of = (name: string) => last.filter(([found]) => found === name).map(([, rest]) => rest);
    expect(of("USER")).to.deep.equal(["1000:1000"]);
    expect(of("VOLUME")).to.deep.equal(["/data"]);
    const { backbone, overlay } = configSchema.parse({});
    const [tcp, ws] = new Set(overlay.listen.map((address) => address.split("/")[4]));
    const ports = [
      `${backbone.port}/tcp`,
      `${tcp}/tcp`,
      `${ws}/tcp`,
      `${overlay.dataPort}/tcp`,
      `${overlay.udpPort}/udp`,
    ];
    expect(of("EXPOSE")).to.deep.equal([ports.join(" ")]);
    expect(of("HEALTHCHECK")[0]).to.include(`http://127.0.0.1:${backbone.port}${backboneRoutes.ready.path}`);
  });

  it("is not given secrets, data or builds of this machine, and all that the build reads", async () => {
    const ignored = (await read(".dockerignore")).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(ignored).to.include.members([".env", "**/.env", ".shadowmesh", ".git", "node_modules", "dist", "out"]);
    const needed = [
      "app",
      "contracts",
      "node",
      "scripts",
      "package.json",
      "package-lock.json",
      ".npmrc",
      "next.config.js",
    ];
    for (const path of needed) expect(existsSync(join(root, path)) && !ignored.includes(path), path).to.equal(true);
    // Of this repository's own list, what is a secret or a build stays out here, too.
    for (const line of (await read(".gitignore"))
      .split("\n")
      .filter((entry) => /^\.env|^(node_modules|dist|out)/.test(entry))) {
      const name = line.replace(/\/$/, "");
      expect(
        ignored.some((entry) => entry === name || (entry === ".env.*" && name.startsWith(".env."))),
        name,
      ).to.equal(true);
    }
  });
});

describe("image", function () {
  this.timeout(300_000);
  this.slow(60_000);
  /** As in the image: another user than the owner of the files. Where we are not root, the files are at least read-only. */
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  let folder: string;
  let data: string;
  const running: ChildProcess[] = [];

  before(async () => {
    await buildDaemon();
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-image-"));
    await chmod(folder, 0o755);
    // The pages are not what is looked at here, and are built later than this may run.
    await mkdir(join(root, "out"), { recursive: true });
    await assembleImage(join(folder, "opt"));
    data = join(folder, "data");
    await mkdir(data, { mode: 0o700 });
    if (user.uid !== undefined) await chown(data, user.uid, user.gid);
    await setWritable(join(folder, "opt"), false);
  });
  after(async () => {
    for (const child of running) child.kill("SIGKILL");
    await setWritable(join(folder, "opt"), true);
    await rm(folder, { recursive: true, force: true });
  });

  async function setWritable(path: string, writable: boolean): Promise<void> {
    await chmod(path, writable ? 0o755 : 0o555);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) await setWritable(join(path, entry.name), writable);
      else await chmod(join(path, entry.name), writable ? 0o644 : 0o444);
    }
  }

  /** As the image's entry point is started, with nothing of ours in its environment. */
  function start(args: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [join(folder, "opt", "node", "shadowmesh.mjs"), ...args], {
      ...user,
      cwd: "/",
      env: { NODE_ENV: "production", SHADOWMESH_DATA: data, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.push(child);
    return child;
  }
  async function run(args: string[], env?: Record<string, string>) {
    const child = start(args, env);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout as NodeJS.ReadableStream),
      text(child.stderr as NodeJS.ReadableStream),
      once(child, "close"),
    ]);
    return { code, stdout, stderr };
  }

  it("runs a backbone from a read-only tree as a user without rights, and ends at SIGTERM", async () => {
    const port = await freePort();
    const env = {
      SHADOWMESH_BACKBONE_ENABLED: "true",
      SHADOWMESH_BACKBONE_HOST: "127.0.0.1",
      SHADOWMESH_BACKBONE_PORT: String(port),
      SHADOWMESH_CHAIN_RPC_URL: "http://127.0.0.1:9",
      SHADOWMESH_CHAIN_NEXUS_ADDRESS: `0x${"00".repeat(19)}aa`,
      SHADOWMESH_OVERLAY_LISTEN: '["/ip4/127.0.0.1/tcp/0"]',
      SHADOWMESH_OVERLAY_DATA_PORT: "0",
      SHADOWMESH_OVERLAY_UDP_PORT: "0",
      SHADOWMESH_OVERLAY_MDNS: "false",
      SHADOWMESH_OVERLAY_PORT_MAPPING: "false",
      SHADOWMESH_API_PORT: "0",
    };
    const made = await run(["init", "--json"]);
    expect(made.code, made.stderr).to.equal(0);
    const daemon = start(["up"], env);
    const exit = once(daemon, "exit");
    let said = "";
    daemon.stderr?.setEncoding("utf8").on("data", (part: string) => {
      said += part;
    });
    daemon.stdout?.resume();
    const url = `http://127.0.0.1:${port}`;
    const answers = (path: string) => send(`${url}${path}`).catch(() => null);
    await until(
      async () => {
        if (daemon.exitCode !== null) throw new Error(said);
        return (await answers("/healthz"))?.status === 200;
      },
      Boolean,
      120_000,
    );
    // The chain is away, and the image's check would say so; the database works.
    const ready = await answers("/readyz");
    expect([ready?.status, ready?.json.error.details]).to.deep.equal([
      503,
      { database: "ok", chain: "CHAIN_UNREACHABLE" },
    ]);
    const backup = await run(["backup", join(data, "backup.zst"), "--json"], env);
    expect(backup.code, backup.stderr).to.equal(0);
    expect(JSON.parse(backup.stdout).rows).to.be.greaterThan(0);
    daemon.kill("SIGTERM");
    expect(await exit).to.deep.equal([0, null]);
    // What it wrote is in the data folder alone: nothing else was open to it.
    expect(await readdir(folder)).to.have.members(["data", "opt"]);
    expect(await readdir(data)).to.include.members(["backbone", "backup.zst", "identity.json"]);
  });
});
