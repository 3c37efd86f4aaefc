import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { readKeystore } from "../../../node/core/chain/keystore.ts";
import { createIdentityFile, readIdentityFile } from "../../../node/core/identity/index.ts";
import { seedToPhrase } from "../../../node/core/identity/phrase.ts";
import { createWelcomeStore } from "../../../node/welcome/index.ts";
import { shadowmesh } from "../../harness/command.ts";
import { temporaryFolders } from "../../harness/folder.ts";
import { seedOf } from "../../harness/identities.ts";

describe("cli as a process", function () {
  this.timeout(300_000);
  this.slow(5_000);
  const newFolder = temporaryFolders();

  /** Exit code 1, and on standard error alone a sentence, the next step and the code. */
  async function expectFailure(args: string[], code: string, home: string, env?: NodeJS.ProcessEnv) {
    const outcome = await shadowmesh(home, args, { env });
    expect(outcome.code, outcome.stderr).to.equal(1);
    expect(outcome.stderr)
      .to.match(/^✗ \S.*\n {2}\S/)
      .and.to.include(`(${code}`);
    expect(outcome.stderr, "a stack trace is no answer").to.not.match(/\n\s+at /);
    expect(outcome.stdout).to.equal("");
    return outcome.stderr;
  }

  it("ends with 0 for help and version, and with 2 for wrong use", async () => {
    const home = await newFolder();
    const [version, wrong] = await Promise.all([shadowmesh(home, ["--version"]), shadowmesh(home, ["lookup", "0x12"])]);
    expect(version).to.include({ code: 0, stderr: "" });
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+/);
    expect(wrong).to.include({ code: 2, stdout: "" });
    expect(wrong.stderr).to.include("40 hex digits");
  });

  it("makes an identity once, and restores it from its words elsewhere", async () => {
    const [home, elsewhere] = [await newFolder(), await newFolder()];
    const made = await shadowmesh(home, ["init", "--data", "node", "--json"]);
    expect(made.code).to.equal(0);
    const answer = JSON.parse(made.stdout);
    expect(answer.phrase.split(" ")).to.have.length(24);
    expect(answer.folder).to.equal(join(home, "node"));
    await expectFailure(["init", "--data", "node"], "IDENTITY_EXISTS", home);
    const restored = await shadowmesh(elsewhere, ["init", "--restore", "--data", "node", "--json"], {
      input: `${answer.phrase}\n`,
    });
    expect(JSON.parse(restored.stdout)).to.deep.equal({
      peerId: answer.peerId,
      nodeAddress: answer.nodeAddress,
      folder: join(elsewhere, "node"),
    });
  });

  it("shows the words to a person once, and what comes next", async () => {
    const { code, stdout } = await shadowmesh(await newFolder(), ["init", "--data", "node"]);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/Peer ID {2}0x[0-9a-f]{40}/)
      .and.to.match(/(\w+ ){23}\w+/)
      .and.to.include("Next: shadowmesh register --data node --help");
  });

  it("prints no words where it is asked not to, and leaves them to the console", async () => {
    const home = await newFolder();
    const { code, stdout } = await shadowmesh(home, ["init", "--hide-words", "--data", "node"]);
    expect(code).to.equal(0);
    expect(stdout).to.include("on its Welcome page");
    const { phrase } = await readIdentityFile(join(home, "node"));
    expect(stdout).to.not.include(phrase.split(" ").slice(0, 2).join(" "));
    expect((await createWelcomeStore(join(home, "node")).read()).phrase.shown).to.equal(false);
    await shadowmesh(home, ["init", "--data", "printed"]);
    expect((await createWelcomeStore(join(home, "printed")).read()).phrase.shown).to.equal(true);
  });

  it("refuses words that are no phrase, and makes nothing", async () => {
    const home = await newFolder();
    const wrong = seedToPhrase(seedOf(1)).replace(/\w+$/, "abandon");
    const { code, stderr } = await shadowmesh(home, ["init", "--restore", "--data", "node"], { input: wrong });
    expect(code).to.equal(1);
    expect(stderr).to.include("PHRASE_INVALID").and.to.not.include(wrong.split(" ")[0]);
    await expectFailure(["up", "--data", "node"], "IDENTITY_MISSING", home);
  });

  it("tells a failure to machines as JSON on standard error", async () => {
    const { code, stdout, stderr } = await shadowmesh(await newFolder(), ["status", "--json"]);
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    const { error } = JSON.parse(stderr);
    expect(error).to.have.all.keys("code", "message", "action", "details");
    expect(error.code).to.equal("DAEMON_UNREACHABLE");
  });

  it("says that no daemon runs, or that it runs no more", async () => {
    const home = await newFolder();
    await expectFailure(["status"], "DAEMON_UNREACHABLE", home);
    await mkdir(join(home, ".shadowmesh"));
    for (const text of [JSON.stringify({ url: "http://127.0.0.1:9", key: "k" }), "{"]) {
      await writeFile(join(home, ".shadowmesh", "api.json"), text);
      await expectFailure(["peers"], "DAEMON_UNREACHABLE", home);
    }
  });

  it("takes the data folder from --data, else SHADOWMESH_DATA, else the home folder", async () => {
    const home = await newFolder();
    const folderOf = async (args: string[], env = {}) =>
      JSON.parse((await shadowmesh(home, ["init", "--json", ...args], { env })).stdout).folder;
    expect(await folderOf(["--data", "a"], { SHADOWMESH_DATA: "b" })).to.equal(join(home, "a"));
    expect(await folderOf([], { SHADOWMESH_DATA: "b" })).to.equal(join(home, "b"));
    expect(await folderOf([])).to.equal(join(home, ".shadowmesh"));
  });

  it("makes and imports operator keys, with the password from a file or the environment, and overwrites none", async () => {
    const home = await newFolder();
    await writeFile(join(home, "pw.txt"), "a long secret\n");
    const key = `0x${"11".repeat(32)}`;
    const imported = await shadowmesh(
      home,
      ["operator", "import", "--keystore", "a.json", "--password-file", "pw.txt"],
      {
        input: `${key}\n`,
      },
    );
    expect(imported.code, imported.stderr).to.equal(0);
    const { address } = await (await readKeystore(join(home, "a.json"))).open("a long secret");
    expect(imported.stdout).to.include(address);
    const env = { SHADOWMESH_OPERATOR_PASSWORD: "a long secret" };
    const made = await shadowmesh(home, ["operator", "create", "--keystore", "b.json", "--json"], { env });
    const opened = await (await readKeystore(join(home, "b.json"))).open("a long secret");
    expect(opened.address).to.equal(JSON.parse(made.stdout).address);
    await expectFailure(["operator", "create", "--keystore", "b.json"], "KEYSTORE_EXISTS", home, env);
    await expectFailure(["operator", "create", "--keystore", "c.json"], "PASSWORD_TOO_SHORT", home, {
      SHADOWMESH_OPERATOR_PASSWORD: "",
    });
    await expectFailure(["operator", "create", "--keystore", "c.json"], "INPUT_MISSING", home);
    await expectFailure(
      ["operator", "create", "--keystore", "c.json", "--password-file", "none"],
      "INPUT_MISSING",
      home,
    );
    const bad = await shadowmesh(home, ["operator", "import", "--keystore", "c.json"], { input: "0x12\n", env });
    expect(bad.code).to.equal(1);
    expect(bad.stderr).to.include("64 hex digits");
  });

  it("says what is missing before it registers", async () => {
    const home = await newFolder();
    const register = ["register", "--data", ".", "--type", "public", "--region", "europe", "--bandwidth", "1"];
    await expectFailure(register, "IDENTITY_MISSING", home);
    await createIdentityFile(home);
    const missing = await expectFailure(register, "KEYSTORE_MISSING", home);
    expect(missing).to.include("shadowmesh operator create");
    await writeFile(join(home, "operator.json"), "{}");
    await expectFailure(register, "CHAIN_UNREACHABLE", home, { SHADOWMESH_CHAIN_RPC_URL: "http://127.0.0.1:9" });
    const wrong = await expectFailure(register, "CONFIG_INVALID", home, { SHADOWMESH_CHAIN_CHAIN_ID: "zero" });
    expect(wrong).to.include("chain.chainId");
  });

  it("ends at once at Ctrl-C, as a shell expects it, whatever the chain or the daemon is doing", async () => {
    const home = await newFolder();
    await createIdentityFile(home);
    await writeFile(join(home, "operator.json"), "{}");
    // Takes every request and answers none.
    let asked = () => {};
    const silent = createServer(() => asked()).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await writeFile(join(home, "api.json"), JSON.stringify({ url, key: "k" }));
    for (const args of [["register", "--type", "public", "--region", "europe", "--bandwidth", "1"], ["status"]]) {
      const interrupt = new AbortController();
      asked = () => interrupt.abort();
      const env = { SHADOWMESH_CHAIN_RPC_URL: url };
      const outcome = await shadowmesh(home, [...args, "--data", "."], { env, interrupt: interrupt.signal });
      expect(outcome).to.deep.equal({ code: null, signal: "SIGINT", stdout: "", stderr: "" });
    }
    // The daemon has to undo what it has begun, and ends by itself.
    const interrupt = new AbortController();
    asked = () => interrupt.abort();
    const env = { SHADOWMESH_CHAIN_RPC_URL: url, SHADOWMESH_OVERLAY_LISTEN: "[]" };
    const up = ["up", "--data", ".", "--port", "0", "--log-level", "silent"];
    const outcome = await shadowmesh(home, up, { env, interrupt: interrupt.signal });
    expect(outcome).to.deep.equal({ code: 130, stdout: "", stderr: "" });
    silent.closeAllConnections();
    silent.close();
  });

  it("does not start without an identity, with a damaged one, or with a wrong option", async () => {
    const home = await newFolder();
    await expectFailure(["up", "--data", "."], "IDENTITY_MISSING", home);
    await expectFailure(["up", "--data", ".", "--port", "http"], "CONFIG_INVALID", home);
    await expectFailure(["up", "--data", ".", "--log-level", "loud"], "CONFIG_INVALID", home);
    await writeFile(join(home, "identity.json"), "{}");
    await expectFailure(["up", "--data", "."], "IDENTITY_CORRUPT", home);
    expect(await readFile(join(home, "identity.json"), "utf8")).to.equal("{}");
  });
});
