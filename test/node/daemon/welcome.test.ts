import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { routes } from "../../../node/api/routes.ts";
import { terms } from "../../../node/api/terms.ts";
import { connectDaemon } from "../../../node/api-key.ts";
import { loadConfig } from "../../../node/config.ts";
import { createIdentityFile } from "../../../node/core/identity/index.ts";
import { createLog, createRecentLines } from "../../../node/core/log/index.ts";
import { type Daemon, startDaemon } from "../../../node/daemon.ts";
import { createWelcomeStore, unseen } from "../../../node/welcome/index.ts";
import { shadowmesh } from "../../harness/command.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";

/** Nobody answers there, and the daemon runs all the same. */
const offline = {
  chain: { rpcUrl: "http://127.0.0.1:9", nexusAddress: "0x00000000000000000000000000000000000000aa" },
  overlay: { listen: [], dataPort: 0, udpPort: null },
  api: { port: 0 },
};

describe("daemon, set up for the first time", function () {
  this.timeout(120_000);
  const newFolder = temporaryFolders();
  const running: Daemon[] = [];
  afterEach(async () => {
    for (const daemon of running.splice(0)) await daemon.stop();
  });

  /** With a log that keeps all there is. */
  async function start() {
    const folder = await newFolder();
    const { phrase } = await createIdentityFile(folder);
    await createWelcomeStore(folder).write(unseen);
    await writeFile(join(folder, "config.yaml"), stringify(offline));
    const lines = createRecentLines();
    const log = createLog({ level: "trace" }, lines);
    const deps = { folder, log, lines, requestStop: () => undefined };
    running.push(await startDaemon(await loadConfig(folder), deps, AbortSignal.timeout(60_000)));
    return { folder, phrase, lines, ...(await connectDaemon(folder)) };
  }

  it("shows the words to its owner alone, kept by no cache, and in no log or report", async () => {
    const { url, client, phrase, lines } = await start();
    const path = routes.showPhrase.path;
    const body = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    expect((await fetch(`${url}${path}`, body)).status).to.equal(401);
    await client.call(routes.acceptTerms, { version: terms.version });

    const link = await client.call(routes.createSignInLink, {});
    const token = new URL(link.url).hash.replace("#token=", "");
    const signedIn = await fetch(`${url}${routes.signIn.path}`, { ...body, body: JSON.stringify({ token }) });
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    const answer = await fetch(`${url}${path}`, { ...body, headers: { ...body.headers, cookie } });
    expect(answer.headers.get("cache-control")).to.equal("no-store");
    const { words } = (await answer.json()) as { words: string[] };
    expect(words.join(" ")).to.equal(phrase);
    await expectCode(client.call(routes.showPhrase, {}), "PHRASE_ALREADY_SHOWN");

    // Any three words one after the other, in whatever form they are put down.
    const first = new RegExp(words.slice(0, 3).join("\\W+"));
    const log = lines.after(0).map(({ text }) => text);
    expect(log.length).to.be.greaterThan(0);
    expect(log.filter((text) => first.test(text))).to.deep.equal([]);
    expect(JSON.stringify(await client.call(routes.diagnostics, {}))).to.not.match(first);
    expect(JSON.stringify(await client.call(routes.status, {}))).to.not.match(first);
  });

  it("lets nobody try word after word", async () => {
    const { client } = await start();
    const words = ["zoo", "zoo", "zoo", "zoo"];
    for (let attempt = 0; attempt < 10; attempt++)
      await expectCode(client.call(routes.confirmPhrase, { words }), "PHRASE_WORDS_WRONG");
    await expectCode(client.call(routes.confirmPhrase, { words }), "RATE_LIMITED");
  });

  it("takes the acceptance of the terms from the command as from the console", async () => {
    const { folder, client } = await start();
    const read = await shadowmesh(folder, ["terms", "--data", folder]);
    expect(read.stdout).to.include("Liability").and.to.include("not accepted yet");
    const accepted = await shadowmesh(folder, ["terms", "--accept", "--data", folder]);
    expect(accepted.stdout).to.include(`✓ Version ${terms.version}, accepted at 2`);
    const state = await client.call(routes.welcome, {});
    expect(state.terms.accepted?.version).to.equal(terms.version);
  });
});
