import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Setting } from "../../../node/api/settings.ts";
import { type ConfigFlags, configSchema, loadConfig } from "../../../node/config.ts";
import { sections } from "../../../node/config-sources.ts";
import { createSettings } from "../../../node/settings/index.ts";
import { expectCode } from "../../harness/expect-code.ts";
import { temporaryFolders } from "../../harness/folder.ts";

describe("settings", () => {
  const newFolder = temporaryFolders();
  const port = { section: "api", name: "port" };

  async function start(file = "", flags: ConfigFlags = {}) {
    const folder = await newFolder();
    const path = join(folder, "config.yaml");
    await writeFile(path, file);
    const applied: (number | null)[] = [];
    const settings = createSettings({
      folder,
      running: await loadConfig(folder, flags),
      flags,
      apply: (config) => applied.push(config.relay.maxBytesPerSecond),
    });
    const get = async ({ section, name }: { section: string; name: string }) =>
      (await settings.list()).settings.find((one) => one.section === section && one.name === name) as Setting;
    return { folder, path, settings, get, applied };
  }

  it("lists every option with its meaning, what it takes, its default and its variable", async () => {
    const { settings } = await start();
    const listed = (await settings.list()).settings;
    const names = sections(configSchema).flatMap(([section, { shape }]) =>
      Object.keys(shape).map((name) => `${section}.${name}`),
    );
    expect(listed.map(({ section, name }) => `${section}.${name}`)).to.have.members(names);
    expect(listed.filter(({ meaning }) => meaning === "").map(({ name }) => name)).to.deep.equal([]);
    expect(listed.find(({ name }) => name === "port")).to.deep.include({
      variable: "SHADOWMESH_API_PORT",
      default: 7700,
      value: 7700,
      next: 7700,
      source: "default",
      editable: true,
    });
  });

  it("writes an option to the file, from which the next start takes it; the file's other lines stay", async () => {
    const { folder, path, settings, get } = await start("# mine\nlog:\n  level: debug # loud\n");
    expect(await settings.change(port, 7701)).to.deep.include({ value: 7700, next: 7701, source: "file" });
    expect(await readFile(path, "utf8")).to.equal("# mine\nlog:\n  level: debug # loud\napi:\n  port: 7701\n");
    expect((await loadConfig(folder)).api.port).to.equal(7701);
    expect(await settings.reset(port)).to.deep.include({ next: 7700, source: "default" });
    expect((await get({ section: "log", name: "level" })).source).to.equal("file");
  });

  it("has the daemon go on with a live option at once, and with no other", async () => {
    const cap = { section: "relay", name: "maxBytesPerSecond" };
    const { settings, get, applied } = await start();
    await settings.change(port, 7701);
    expect(applied).to.deep.equal([]);
    expect(await settings.change(cap, 1_000_000)).to.deep.include({ value: 1_000_000, next: 1_000_000 });
    expect(await settings.reset(cap)).to.deep.include({ value: null, next: null });
    expect(applied).to.deep.equal([1_000_000, null]);
    expect(await get(port)).to.deep.include({ value: 7700, next: 7701 });
    await expectCode(settings.change(cap, 3), "SETTING_INVALID");
    expect(applied).to.have.length(2);
  });

  it("loses none of many changes at once", async () => {
    const { settings, folder } = await start();
    const options = ["authPerMinute", "requestsPerMinute", "maxChallenges"];
    await Promise.all(options.map((name, index) => settings.change({ section: "backbone", name }, 2_000 + index)));
    expect((await loadConfig(folder)).backbone).to.include({
      authPerMinute: 2_000,
      requestsPerMinute: 2_001,
      maxChallenges: 2_002,
    });
  });

  it("refuses a value that the option does not take, and one that another option rules out; nothing is written", async () => {
    const { path, settings } = await start("backbone:\n  enabled: true\n");
    const error = await expectCode(settings.change(port, 70_000), "SETTING_INVALID");
    expect(error.message).to.include("api.port");
    await expectCode(settings.change(port, { $gt: 0 }), "SETTING_INVALID");
    await expectCode(settings.change({ section: "hosting", name: "viewOnly" }, true), "SETTING_INVALID");
    expect(await readFile(path, "utf8")).to.equal("backbone:\n  enabled: true\n");
  });

  it("knows no other option, nor one that every object has", async () => {
    const { settings } = await start();
    for (const [section, name] of [
      ["api", "prot"],
      ["nothing", "port"],
      ["__proto__", "polluted"],
      ["api", "constructor"],
    ]) {
      await expectCode(settings.change({ section: section ?? "", name: name ?? "" }, 1), "SETTING_UNKNOWN");
    }
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it("changes nothing that a flag or a variable sets, and says which", async () => {
    const { settings, get } = await start("", { api: { port: 1_234 } });
    expect(await get(port)).to.deep.include({ value: 1_234, source: "flag", editable: false });
    const error = await expectCode(settings.change(port, 1), "SETTING_FIXED");
    expect(error.details.source).to.equal("flag");
    process.env.SHADOWMESH_LOG_LEVEL = "warn";
    try {
      const level = { section: "log", name: "level" };
      expect((await expectCode(settings.reset(level), "SETTING_FIXED")).details.source).to.equal(
        "SHADOWMESH_LOG_LEVEL",
      );
    } finally {
      delete process.env.SHADOWMESH_LOG_LEVEL;
    }
  });

  it("tells of a secret that there is one, never which, and neither changes it nor what may serve any file", async () => {
    const secret = "postgres://user:hunter2@db.example/shadowmesh";
    const { settings, get } = await start(`backbone:\n  databaseUrl: ${secret}\n`);
    const databaseUrl = { section: "backbone", name: "databaseUrl" };
    expect(await get(databaseUrl)).to.deep.include({ value: true, next: true, default: false, secret: true });
    expect(JSON.stringify(await settings.list())).to.not.include("hunter2");
    await expectCode(settings.change(databaseUrl, null), "SETTING_FIXED");
    await expectCode(settings.change({ section: "api", name: "guiFolder" }, "/"), "SETTING_FIXED");
  });

  it("has every option that its name or its comment calls a secret marked as one", async () => {
    const { settings } = await start();
    const listed = (await settings.list()).settings;
    const named = listed.filter(({ name, meaning }) => /secret/i.test(name) || /\ba secret\b/.test(meaning));
    expect(named.map(({ name }) => name)).to.include.members(["databaseUrl", "redisUrl", "clientSecret", "secret"]);
    expect(named.filter(({ secret }) => !secret)).to.deep.equal([]);
  });
});
