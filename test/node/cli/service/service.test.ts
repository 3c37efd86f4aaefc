import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createIdentityFile } from "../../../../node/core/identity/index.ts";
import { shadowmesh } from "../../../harness/command.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { seedOf } from "../../../harness/identities.ts";

// What it runs is seen by a `systemctl` of the test's own: a real one would change the machine.
(process.platform === "linux" ? describe : describe.skip)("cli/service", function () {
  this.timeout(60_000);
  this.slow(5_000);
  const newFolder = temporaryFolders();

  /** A home with an identity, and a systemctl that writes down how it was called and ends with `code`. */
  async function newHome(code = 0) {
    const home = await newFolder();
    await createIdentityFile(join(home, "node"), seedOf(1));
    await mkdir(join(home, "bin"));
    const systemctl = join(home, "bin/systemctl");
    await writeFile(systemctl, `#!/bin/sh\necho "$@" >> "${home}/calls"\necho "no bus" >&2\nexit ${code}\n`);
    await chmod(systemctl, 0o755);
    const unit = join(home, ".config/systemd/user/shadowmesh.service");
    const run = (...args: string[]) =>
      shadowmesh(home, ["service", ...args, "--data", "node"], {
        env: { PATH: `${join(home, "bin")}:${process.env.PATH}` },
      });
    const calls = () => readFile(join(home, "calls"), "utf8").then((text) => text.trim().split("\n"));
    return { home, unit, run, calls };
  }

  it("installs, tells whether it runs, and removes", async () => {
    const { home, unit, run, calls } = await newHome();
    const installed = await run("install");
    expect(installed).to.include({ code: 0, stderr: "" });
    expect(installed.stdout).to.include("loginctl enable-linger");
    expect(await readFile(unit, "utf8")).to.include(`"up" "--data" "${join(home, "node")}"`);
    expect((await run("status", "--json")).stdout).to.include('"active":true');
    expect(await run("uninstall")).to.include({ code: 0 });
    expect(existsSync(unit)).to.equal(false);
    expect(existsSync(join(home, "node/identity.json"))).to.equal(true);
    expect(await calls()).to.deep.equal([
      "--user daemon-reload",
      "--user enable --now shadowmesh.service",
      "--user is-active --quiet shadowmesh.service",
      "--user disable --now shadowmesh.service",
    ]);
  });

  it("says what the service manager said where it refuses, and leaves nothing behind", async () => {
    const { unit, run } = await newHome(1);
    const { code, stderr } = await run("install");
    expect(code).to.equal(1);
    expect(stderr).to.include("SERVICE_COMMAND_FAILED").and.to.include("no bus");
    expect(existsSync(unit)).to.equal(false);
  });

  it("only shows what it would do with --dry-run", async () => {
    const { home, unit, run } = await newHome();
    const { stdout, code } = await run("install", "--dry-run", "--name", "second");
    expect(code).to.equal(0);
    expect(stdout).to.include("[Service]").and.to.include("systemctl --user enable --now second.service");
    expect(existsSync(unit)).to.equal(false);
    expect(existsSync(join(home, "calls"))).to.equal(false);
  });

  it("installs nothing for a folder without an identity, nor under a name that is none", async () => {
    const { home, run } = await newHome();
    const { stderr } = await shadowmesh(home, ["service", "install", "--data", "empty", "--dry-run"]);
    expect(stderr).to.include("IDENTITY_MISSING");
    for (const args of [
      ["install", "--name", "../evil"],
      ["start", "--dry-run"],
    ])
      expect(await run(...args)).to.include({ code: 2 });
  });
});
