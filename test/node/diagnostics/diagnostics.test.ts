import { homedir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import { configSchema } from "../../../node/config.ts";
import { createLog, createRecentLines } from "../../../node/core/log/index.ts";
import { createDiagnostics } from "../../../node/diagnostics/index.ts";
import { createSettings } from "../../../node/settings/index.ts";
import { temporaryFolders } from "../../harness/folder.ts";

describe("diagnostics", () => {
  const newFolder = temporaryFolders();

  async function start(config: object = {}, status: object = {}) {
    const folder = await newFolder();
    const lines = createRecentLines();
    const running = configSchema.parse(config);
    const settings = createSettings({ folder, running, flags: {}, apply: () => undefined });
    const diagnostics = createDiagnostics({
      folder,
      lines,
      settings,
      status: () => status as NodeStatus,
      now: () => 42,
    });
    return { folder, diagnostics, log: createLog({ level: "debug" }, lines), lines };
  }

  it("gives the log's lines with level, time and fields, and those behind a number alone", async () => {
    const { diagnostics, log } = await start();
    log.info({ peerId: "0x01" }, "daemon runs");
    log.warn("short of breath");
    const [first, second] = diagnostics.log(0).lines;
    expect(first).to.deep.include({ number: 1, level: "info", message: "daemon runs", fields: { peerId: "0x01" } });
    expect(first?.atMs).to.be.closeTo(Date.now(), 60_000);
    expect(diagnostics.log(1).lines).to.deep.equal([second]);
    // Of which run they are: the next one counts from 1 again.
    expect(diagnostics.log(2)).to.deep.equal({ startedAtMs: 42, lines: [] });
  });

  it("keeps the newest lines and bounds what they take", async () => {
    const { lines, diagnostics } = await start();
    for (let n = 1; n <= 3_000; n++) lines.write(`{"level":30,"time":"2026-01-01T00:00:00.000Z","msg":"${n}"}\n`);
    const kept = diagnostics.log(0).lines;
    expect([kept.length, kept[0]?.message, kept.at(-1)?.message]).to.deep.equal([2_000, "1001", "3000"]);
    expect(diagnostics.log(500).lines.length).to.equal(2_000);
    expect(diagnostics.log(2_990).lines.map(({ number }) => number)).to.deep.equal(
      Array.from({ length: 10 }, (_, index) => 2_991 + index),
    );
    for (let n = 0; n < 4; n++) lines.write(`{"level":30,"msg":"${"x".repeat(400_000)}"}\n`);
    expect(diagnostics.log(0).lines.length).to.equal(2);
  });

  it("tells in the bundle what differs from the defaults, and of a secret only that there is one", async () => {
    const { diagnostics } = await start({
      api: { port: 7_701 },
      backbone: { databaseUrl: "postgres://user:hunter2@db.example/x" },
    });
    const bundle = await diagnostics.bundle();
    expect(bundle.settings).to.deep.equal({ "api.port": 7_701, "backbone.databaseUrl": "(secret)" });
    expect(bundle.madeAtMs).to.equal(42);
    expect(bundle.runtime.cores).to.be.greaterThan(0);
    expect(JSON.stringify(bundle)).to.not.include("hunter2");
  });

  it("says of no machine where it is, and of no URL the key in it", async () => {
    const { folder, diagnostics, log } = await start(
      { chain: { rpcUrl: "https://mainnet.example/v3/0123456789abcdef" } },
      { overlay: { addresses: ["/ip4/203.0.113.7/tcp/4100", "/ip6/2001:db8::7/tcp/4100", "/ip4/127.0.0.1/tcp/1"] } },
    );
    log.info({ url: "http://user:hunter2@203.0.113.7:8080/?key=hunter3" }, `from 203.0.113.9 at 05:33:54 in ${folder}`);
    log.info({ path: join(homedir(), "node.log"), err: new Error("refused by 2001:db8::7") }, "away");
    const text = JSON.stringify(await diagnostics.bundle());
    for (const secret of ["203.0.113", "2001:db8", "hunter", "0123456789abcdef", folder, homedir()]) {
      expect(text, secret).to.not.include(secret);
    }
    expect(text).to.include("/ip4/address-");
    expect(text).to.include("/ip4/127.0.0.1/tcp/1");
    expect(text).to.include("https://mainnet.example/…");
    expect(text).to.include("at 05:33:54 in ~");
    // The log has pseudonyms of its own.
    const same = [...text.matchAll(/address-\d(?![0-9a-f])/g)].map(([name]) => name);
    expect(new Set(same).size).to.equal(3);
  });
});
