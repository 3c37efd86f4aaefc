import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { stringify } from "yaml";
import { daemonRoutes } from "../../../node/api/daemon.ts";
import { routes } from "../../../node/api/routes.ts";
import { apiKeyPath, connectDaemon } from "../../../node/api-key.ts";
import { loadConfig } from "../../../node/config.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { lockFolder } from "../../../node/core/store/index.ts";
import { type Daemon, startDaemon } from "../../../node/daemon.ts";
import { discoveryRoutes } from "../../../node/services/discovery/api.ts";
import { membershipRoutes } from "../../../node/services/membership/api.ts";
import { throughputRoutes } from "../../../node/services/throughput/api.ts";
import { cleanEnvironment } from "../../harness/command.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { identityOf, seedOf } from "../../harness/identities.ts";
import { mountSmallDisk } from "../../harness/small-disk.ts";
import { until } from "../../harness/until.ts";
import { send, silent } from "../api/fixture.ts";

/** Nobody answers there, and the daemon runs all the same. */
const offline = {
  chain: { rpcUrl: "http://127.0.0.1:9", nexusAddress: "0x00000000000000000000000000000000000000aa" },
  overlay: { listen: ["/ip4/127.0.0.1/tcp/0"], dataPort: 0, udpPort: 0 },
  api: { port: 0 },
};

/** Sockets on which this process listens. */
const listeners = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;

describe("daemon", function () {
  this.timeout(40_000);
  const newFolder = temporaryFolders();
  const running: Daemon[] = [];
  afterEach(async () => {
    for (const daemon of running.splice(0)) await daemon.stop();
  });

  async function prepare(options: object = offline, folder?: string): Promise<string> {
    const made = folder ?? (await newFolder());
    await createIdentityFile(made, seedOf(1));
    await writeFile(join(made, "config.yaml"), stringify(options));
    return made;
  }
  async function start(folder: string, requestStop: () => void = () => undefined): Promise<Daemon> {
    const config = await loadConfig(folder);
    const daemon = await startDaemon(config, { folder, log: silent, requestStop }, AbortSignal.timeout(20_000));
    running.push(daemon);
    return daemon;
  }

  it("runs without chain and backbone, and says what is missing", async () => {
    const folder = await prepare();
    const daemon = await start(folder);
    expect(daemon.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { client } = await connectDaemon(folder);
    const status = await client.call(daemonRoutes.status, {});
    expect(status).to.include({ peerId: identityOf(1).peerId, registration: null, backbone: null });
    expect(status.chain).to.include({ state: "unreachable", blockNumber: null });
    expect(status.progress.map(({ state }) => state)).to.deep.equal(["failed", "waiting", "waiting", "waiting"]);
    expect(status.progress[0]?.errorCode).to.equal("CHAIN_UNREACHABLE");
    expect(status.overlay).to.include({ running: true, connectedPeers: 0, reachability: "none" });
    expect(await client.call(daemonRoutes.peers, {})).to.deep.equal({ peers: [] });
    expect(await client.call(daemonRoutes.network, {})).to.include({ state: "unreachable", development: true });
  });

  it("describes its API to whoever reaches it", async () => {
    const daemon = await start(await prepare());
    const { json } = await send(`${daemon.url}/api/openapi.json`);
    expect(json.openapi).to.equal("3.1.0");
    const described = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described).to.have.members(Object.values(routes).map(({ method, path }) => `${method} ${path}`));
  });

  it("runs although no contract is configured", async () => {
    const folder = await prepare({ ...offline, chain: { ...offline.chain, nexusAddress: null } });
    await start(folder);
    const { client } = await connectDaemon(folder);
    expect((await client.call(daemonRoutes.status, {})).chain.nexusAddress).to.equal(null);
    await expectCode(client.call(discoveryRoutes.lookup, { peerId: identityOf(2).peerId }), "LOOKUP_UNAVAILABLE");
  });

  it("answers each route with its own code while there is nobody", async () => {
    const folder = await prepare();
    await start(folder);
    const { client } = await connectDaemon(folder);
    const { peerId } = identityOf(2);
    await expectCode(client.call(discoveryRoutes.lookup, { peerId }), "LOOKUP_UNAVAILABLE");
    await expectCode(client.call(throughputRoutes.ping, { peerId, count: 1 }), "LOOKUP_UNAVAILABLE");
    await expectCode(client.call(throughputRoutes.throughput, { peerId, bytes: 1 }), "LOOKUP_UNAVAILABLE");
    await expectCode(client.call(throughputRoutes.throughput, { peerId, bytes: 2 ** 31 }), "BAD_REQUEST");
    const operator = "0x00000000000000000000000000000000000000bb";
    await expectCode(client.call(membershipRoutes.registrationProof, { operator }), "CHAIN_UNREACHABLE");
  });

  it("keeps its key for the command to its owner", async () => {
    const folder = await prepare();
    const { url } = await start(folder);
    expect((await stat(apiKeyPath(folder))).mode & 0o777).to.equal(0o600);
    const answer = await fetch(`${url}/api/status`, { headers: { authorization: "Bearer wrong" } });
    expect(answer.status).to.equal(401);
  });

  it("asks its process to end when the stop route is called", async () => {
    const folder = await prepare();
    let asked = 0;
    await start(folder, () => void asked++);
    const { client } = await connectDaemon(folder);
    expect(await client.call(daemonRoutes.stop, {})).to.deep.equal({ stopping: true });
    expect(asked).to.equal(1);
  });

  it("makes sign-in links that differ", async () => {
    const daemon = await start(await prepare());
    const [first, second] = [daemon.createSignInLink(), daemon.createSignInLink()];
    expect(first).to.include(daemon.url).and.to.not.equal(second);
  });

  it("refuses a second daemon on its folder, and lets one in after it has stopped", async () => {
    const folder = await prepare();
    const daemon = await start(folder);
    await expectCode(start(folder), "DATA_FOLDER_IN_USE");
    await daemon.stop();
    await daemon.stop();
    await start(folder);
  });

  it("does not start without a sound identity, and leaves the folder free", async () => {
    const folder = await newFolder();
    await expectCode(start(folder), "IDENTITY_MISSING");
    await writeFile(join(folder, "identity.json"), "{}");
    await expectCode(start(folder), "IDENTITY_CORRUPT");
    lockFolder(folder).release();
  });

  it("says whose port is taken, and leaves nothing running", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const api = await prepare({ ...offline, api: { port } });
    await expectCode(start(api), "API_LISTEN_FAILED");
    lockFolder(api).release();
    const overlay = await prepare({
      ...offline,
      overlay: { listen: [`/ip4/127.0.0.1/tcp/${port}`], dataPort: 0, udpPort: 0 },
    });
    await expectCode(start(overlay), "LISTEN_FAILED");
    lockFolder(overlay).release();
    taken.close();
  });

  it("does not start when it is told not to", async () => {
    const folder = await prepare();
    const deps = { folder, log: silent, requestStop: () => undefined };
    const outcome = await startDaemon(await loadConfig(folder), deps, AbortSignal.abort()).catch((error) => error);
    expect(outcome).to.have.property("name", "AbortError");
    lockFolder(folder).release();
  });

  it("leaves nothing open: its process ends by itself once it has stopped", async () => {
    const folder = await prepare();
    const script = fileURLToPath(new URL("../../harness/start-and-stop.ts", import.meta.url));
    const env = cleanEnvironment(folder);
    const child = fork(script, [folder], { env, execArgv: ["--disable-warning=ExperimentalWarning"] });
    const exited = once(child, "exit");
    const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
    const [said] = await once(child, "message");
    expect(said).to.equal("stopped");
    expect(await exited).to.deep.equal([0, null]);
    clearTimeout(limit);
  });

  it("stops all it has started where it cannot write its key for the command", async () => {
    const folder = await prepare();
    await mkdir(join(apiKeyPath(folder), "in the way"), { recursive: true });
    const before = listeners();
    await expectCode(start(folder), "DATA_FOLDER_UNWRITABLE");
    await until(() => listeners() === before);
    lockFolder(folder).release();
  });

  describe("on a disk that fills up", () => {
    const disk = mountSmallDisk({ kilobytes: 64 });

    it("says that the disk is full, and leaves nothing running", async () => {
      const folder = disk.path();
      await prepare(offline, folder);
      lockFolder(folder).release();
      const config = await loadConfig(folder);
      await writeFile(join(folder, "filler"), Buffer.alloc(1_000_000)).catch(() => undefined);
      const deps = { folder, log: silent, requestStop: () => undefined };
      const before = listeners();
      await expectCode(startDaemon(config, deps, AbortSignal.timeout(20_000)), "DISK_FULL");
      await until(() => listeners() === before);
    });
  });
});
