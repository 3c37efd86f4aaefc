import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { statusSchema } from "../../../node/api/daemon.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import type { Why } from "../../../node/services/discovery/api.ts";
import { builtProgram, cleanEnvironment, shadowmesh } from "../../harness/command.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { identityOf, recordOf, seedOf, verifyAt } from "../../harness/identities.ts";
import { createMesh, soon } from "../../harness/mesh.ts";

const environment = {
  SHADOWMESH_CHAIN_RPC_URL: "http://127.0.0.1:9",
  SHADOWMESH_OVERLAY_LISTEN: '["/ip4/127.0.0.1/tcp/0"]',
  SHADOWMESH_OVERLAY_DATA_PORT: "0",
  SHADOWMESH_OVERLAY_UDP_PORT: "0",
};

describe("daemon as a process", function () {
  this.timeout(60_000);
  this.slow(5_000);
  const newFolder = temporaryFolders();
  const newPeer = createMesh();
  const running: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of running.splice(0))
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });

  /** Runs `shadowmesh up` until it says that it is ready. */
  async function up(folder: string, options: string[] = []) {
    const args = [...(await builtProgram()), "up", "--data", folder, "--port", "0", "--json", ...options];
    const env = cleanEnvironment(folder, environment);
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    running.push(child);
    const exited = once(child, "exit");
    const output = Promise.all([child.stdout, child.stderr].map((stream) => text(stream as Readable)));
    const [ready] = (await Promise.race([
      once(child, "message"),
      exited.then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
    ])) as [{ url: string }];
    return { child, exited, ready, output };
  }
  async function newNode(): Promise<string> {
    const folder = await newFolder();
    await createIdentityFile(folder, seedOf(1));
    return folder;
  }

  it("logs to the file that it is told, and not to standard error", async () => {
    const folder = await newNode();
    const path = join(folder, "logs/node.log");
    const { exited, output } = await up(folder, ["--log-file", path]);
    expect((await shadowmesh(folder, ["stop", "--data", folder])).code).to.equal(0);
    await exited;
    expect((await output)[1]).to.equal("");
    expect(await readFile(path, "utf8")).to.include('"msg":"daemon runs"');
  });

  it("answers the command, and ends when it is told to stop", async () => {
    const folder = await newNode();
    const { exited, output, ready } = await up(folder);
    expect(ready).to.deep.equal({ type: "ready", url: ready.url });
    const [status, peers, gui] = await Promise.all(
      [["status", "--json"], ["peers", "--json"], ["gui"]].map((args) =>
        shadowmesh(folder, [...args, "--data", folder]),
      ),
    );
    expect(statusSchema.parse(JSON.parse(status?.stdout ?? "")).peerId).to.equal(identityOf(1).peerId);
    expect(JSON.parse(peers?.stdout ?? "")).to.deep.equal({ peers: [] });
    expect(gui?.stdout.trim()).to.match(/^http:\/\/127\.0\.0\.1:\d+\//);
    const lost = await shadowmesh(folder, ["lookup", identityOf(2).peerId, "--data", folder]);
    expect(lost.code).to.equal(1);
    expect(lost.stderr)
      .to.include("LOOKUP_UNAVAILABLE")
      .and.to.include("No DHT server could be asked.")
      .and.to.include("No backbone");
    for (const [command, code] of [
      ["lookup", "NOT_ANNOUNCED"],
      ["ping", "PEER_IS_SELF"],
      ["why", "PEER_IS_SELF"],
    ] as const) {
      const own = await shadowmesh(folder, [command, identityOf(1).peerId, "--data", folder]);
      expect(own.code).to.equal(1);
      expect(own.stderr).to.include(code);
    }
    const shown = await shadowmesh(folder, ["status", "--data", folder]);
    expect(shown.stdout).to.include(identityOf(1).peerId).and.to.include("✗ registered");
    expect(JSON.parse((await shadowmesh(folder, ["stop", "--data", folder, "--json"])).stdout)).to.deep.equal({
      stopping: true,
    });
    expect(await exited).to.deep.equal([0, null]);
    // What it prints without a terminal goes to a log, where a link would be a key that lies about.
    expect(gui?.stdout).to.include("token=");
    const [stdout = "", log] = await output;
    expect(JSON.parse(stdout)).to.deep.equal({ url: ready.url });
    expect(log).to.include(ready.url).and.to.not.include("token=");
  });

  it("says how a peer is reached and why so, to people and to machines", async () => {
    const folder = await newNode();
    await up(folder);
    const ask = async (...args: string[]) => {
      const { code, stdout, stderr } = await shadowmesh(folder, [...args, "--data", folder]);
      expect(code, stderr).to.equal(0);
      return stdout;
    };
    const { overlay } = statusSchema.parse(JSON.parse(await ask("status", "--json")));
    const { addresses } = overlay;
    const peer = await newPeer(2);
    await peer.overlay.connect(await verifyAt()(await recordOf(identityOf(1), { addresses })), soon());
    const why = JSON.parse(await ask("why", peer.peerId, "--json"));
    expect(why.path).to.include({ rung: "direct", direction: "inbound", relay: null, pricePerGiBWei: null });
    expect(why.rungs.map(({ rung, state }: Why["rungs"][number]) => [rung, state])).to.deep.equal([
      ["direct", "in-use"],
      ["punched", "not-needed"],
      ["relayed", "not-needed"],
    ]);
    const text = await ask("why", peer.peerId);
    expect(text)
      .to.include("The peer came to this node on the best rung there is.")
      .and.to.include(peer.peerId)
      .and.to.include(why.path.address)
      .and.to.match(/Connected +by the peer/)
      .and.to.match(/Round trip +[\d.]+ ms/)
      .and.to.match(/relayed +A better one is in use\./);
  });

  it("ends cleanly at SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { child, exited } = await up(await newNode());
      child.kill(signal);
      expect(await exited).to.deep.equal([0, null]);
    }
  });

  it("leaves its folder to the next one, even when it was killed", async () => {
    const folder = await newNode();
    const first = await up(folder);
    const second = await shadowmesh(folder, ["up", "--data", folder, "--port", "0"], { env: environment });
    expect(second.code).to.equal(1);
    expect(second.stderr).to.include("DATA_FOLDER_IN_USE");
    first.child.kill("SIGKILL");
    await first.exited;
    const third = await up(folder);
    third.child.kill("SIGTERM");
    await third.exited;
  });

  it("ends with its code where another program has the port", async () => {
    const folder = await newNode();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const { code, stderr } = await shadowmesh(folder, ["up", "--data", join(folder), "--port", port], {
      env: environment,
    });
    taken.close();
    expect(code).to.equal(1);
    expect(stderr).to.include("API_LISTEN_FAILED");
  });
});
