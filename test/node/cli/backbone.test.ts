import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { connectDaemon } from "../../../node/api-key.ts";
import { loadConfig } from "../../../node/config.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { type Daemon, startDaemon } from "../../../node/daemon.ts";
import { placeEmptyDatabase } from "../../../scripts/network/empty-database.ts";
import { shadowmesh } from "../../harness/command.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { freePort } from "../../harness/postgres.ts";
import { send, silent } from "../api/fixture.ts";

describe("cli of a backbone", function () {
  this.timeout(300_000);
  this.slow(20_000);
  const newFolder = temporaryFolders();
  const running: Daemon[] = [];
  afterEach(async () => {
    for (const daemon of running.splice(0)) await daemon.stop();
  });

  /** A folder of a backbone whose chain is away. */
  async function prepare(enabled = true) {
    const [folder, port] = [await newFolder(), await freePort()];
    await createIdentityFile(folder);
    const options = {
      chain: { rpcUrl: "http://127.0.0.1:9", nexusAddress: `0x${"00".repeat(19)}aa` },
      overlay: { listen: ["/ip4/127.0.0.1/tcp/0"], dataPort: 0, udpPort: 0 },
      api: { port: 0 },
      backbone: { enabled, host: "127.0.0.1", port },
    };
    await writeFile(join(folder, "config.yaml"), stringify(options));
    return { folder, url: `http://127.0.0.1:${port}` };
  }
  async function start(folder: string): Promise<Daemon> {
    const config = await loadConfig(folder);
    if (config.backbone.enabled) await placeEmptyDatabase(join(folder, "backbone"));
    const daemon = await startDaemon(
      config,
      { folder, log: silent, requestStop: () => undefined },
      AbortSignal.timeout(60_000),
    );
    running.push(daemon);
    return daemon;
  }
  async function run(folder: string, ...args: string[]) {
    const outcome = await shadowmesh(folder, [...args, "--data", ".", "--json"]);
    return { ...outcome, answer: outcome.code === 0 ? JSON.parse(outcome.stdout) : JSON.parse(outcome.stderr).error };
  }
  const kidsAt = async (url: string): Promise<string[]> =>
    (await send(`${url}/.well-known/jwks.json`)).json.keys.map(({ kid }: { kid: string }) => kid);

  it("rotates keys: beside the old one, and with --revoke in place of all", async () => {
    const { folder, url } = await prepare();
    await start(folder);
    const [old] = await kidsAt(url);
    const beside = await run(folder, "keys", "rotate");
    expect(beside.answer).to.have.all.keys("kid", "signsFromMs");
    expect(beside.answer.signsFromMs).to.be.greaterThan(Date.now());
    expect(await kidsAt(url)).to.have.members([old, beside.answer.kid]);
    const alone = await run(folder, "keys", "rotate", "--revoke");
    expect(await kidsAt(url)).to.deep.equal([alone.answer.kid]);
    expect(alone.answer.signsFromMs).to.be.at.most(Date.now());

    const said = await shadowmesh(folder, ["keys", "rotate", "--revoke", "--data", "."]);
    expect(said.stdout).to.match(/^✓ the key \S+ signs from 20\S+Z; all others are gone\n$/);
    const verified = await run(folder, "audit", "verify");
    expect([verified.code, verified.answer.findings]).to.deep.equal([0, []]);
  });

  it("refuses both at a node that is no backbone", async () => {
    const { folder } = await prepare(false);
    await start(folder);
    for (const args of [
      ["keys", "rotate"],
      ["backup", "b.zst"],
      ["audit", "verify"],
    ]) {
      const { code, answer } = await run(folder, ...args);
      expect([code, answer.code], args.join(" ")).to.deep.equal([1, "NOT_A_BACKBONE"]);
    }
    expect(await stat(join(folder, "b.zst")).catch(({ code }) => code)).to.equal("ENOENT");
  });

  it("backs up under a running daemon and without one, and restores both elsewhere", async () => {
    const { folder, url } = await prepare();
    const daemon = await start(folder);
    const { answer: rotated } = await run(folder, "keys", "rotate");
    const live = await run(folder, "backup", "live.zst");
    expect(live.code, live.stderr).to.equal(0);
    expect(live.answer.sha256).to.match(/^[0-9a-f]{64}$/);
    expect(live.answer.bytes).to.equal((await stat(join(folder, "live.zst"))).size);
    expect((await run(folder, "backup", "live.zst")).answer.code).to.equal("BACKUP_FILE_EXISTS");
    expect((await run(folder, "restore", "live.zst", "--force")).answer.code).to.equal("DATA_FOLDER_IN_USE");
    const kids = await kidsAt(url);
    expect(kids).to.include(rotated.kid);
    running.splice(0);
    await daemon.stop();

    const still = await shadowmesh(folder, ["backup", "still.zst", "--data", "."]);
    expect(still.stdout).to.match(/^✓ \d+ rows of \d+ tables as of 20\S+Z, by release \S+: still\.zst, \d+ bytes\n$/);

    for (const file of ["live.zst", "still.zst"]) {
      const other = await prepare();
      await writeFile(join(other.folder, file), await readFile(join(folder, file)));
      const checked = await run(other.folder, "restore", file, "--check");
      expect(checked.answer).to.include({ restored: false });
      expect(await stat(join(other.folder, "backbone")).catch(({ code }) => code)).to.equal("ENOENT");
      const restored = await run(other.folder, "restore", file);
      expect(restored.answer, restored.stderr).to.include({ restored: true, rows: checked.answer.rows });
      expect((await run(other.folder, "restore", file)).answer.code).to.equal("DATABASE_NOT_EMPTY");
      await start(other.folder);
      expect(await kidsAt(other.url)).to.have.members(kids);
      expect((await run(other.folder, "audit", "verify")).answer.findings).to.deep.equal([]);
    }
  });

  it("gives a backup to the command alone, not to who is signed in at the page", async () => {
    const { folder } = await prepare();
    const daemon = await start(folder);
    const link = new URL(daemon.createSignInLink());
    const body = JSON.stringify({ token: link.hash.replace("#token=", "") });
    const headers = { "content-type": "application/json", origin: link.origin };
    const signedIn = await fetch(`${daemon.url}/api/session`, { method: "POST", headers, body });
    expect(signedIn.status).to.equal(200);
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await send(`${daemon.url}/api/status`, { headers: { cookie } })).status).to.equal(200);
    for (const given of [{ cookie }, {}, { authorization: "Bearer none" }]) {
      const { status, json } = await send(`${daemon.url}/api/backbone/backup`, { headers: { ...given } });
      expect([status, json.error.code]).to.deep.equal([401, "NOT_SIGNED_IN"]);
    }
    expect((await connectDaemon(folder)).url).to.equal(daemon.url);
  });
});
