import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { planLaunchd } from "../../../../node/cli/service/launchd.ts";
import type { ServiceInput } from "../../../../node/cli/service/plan.ts";
import { planSystemd } from "../../../../node/cli/service/systemd.ts";
import { planTask } from "../../../../node/cli/service/task-scheduler.ts";
import { temporaryFolders } from "../../../harness/folder.ts";

/** All that a shell, systemd or XML would take for something else. */
const nastyFolder = `/srv/a "b" & <c> 100% $HOME it's`;

function inputOf(fields: Partial<ServiceInput> = {}): ServiceInput {
  return {
    name: "shadowmesh",
    command: [process.execPath, "/opt/shadowmesh.mjs", "up", "--data", nastyFolder],
    folder: nastyFolder,
    system: false,
    home: "/home/alice",
    uid: 1000,
    ...fields,
  };
}

describe("cli/service/plans", function () {
  this.timeout(30_000);
  const newFolder = temporaryFolders();

  for (const system of [false, true]) {
    it(`makes a ${system ? "system" : "user"} unit that systemd takes, with the command as it is`, async function () {
      if (spawnSync("systemd-analyze", ["--version"]).status !== 0) return this.skip();
      const folder = join(await newFolder(), "units");
      await mkdir(folder);
      const { file } = planSystemd(inputOf({ system }));
      const path = join(folder, "shadowmesh.service");
      await writeFile(path, file.content);
      const { status, stderr } = spawnSync("systemd-analyze", [system ? "--system" : "--user", "verify", path], {
        encoding: "utf8",
        env: { ...process.env, XDG_RUNTIME_DIR: folder },
      });
      const complaints = stderr.split("\n").filter((line) => line.includes("shadowmesh.service"));
      expect(complaints).to.deep.equal([]);
      expect(status, stderr).to.equal(0);
    });
  }

  it("puts units where systemd looks for them, for a user or for all", () => {
    expect(planSystemd(inputOf()).file.path).to.equal("/home/alice/.config/systemd/user/shadowmesh.service");
    expect(planSystemd(inputOf({ system: true })).file.path).to.equal("/etc/systemd/system/shadowmesh.service");
    expect(planSystemd(inputOf()).install.at(-1)).to.deep.equal([
      "systemctl",
      "--user",
      "enable",
      "--now",
      "shadowmesh.service",
    ]);
    expect(planSystemd(inputOf({ system: true })).install.at(-1)).not.to.include("--user");
  });

  it("confines a system unit to its folder and its owner, and restarts what fails", () => {
    const { content } = planSystemd(inputOf({ system: true, folder: "/srv/node" })).file;
    for (const line of ["User=1000", "ProtectSystem=strict", 'ReadWritePaths="/srv/node"', "Restart=on-failure"]) {
      expect(content.split("\n")).to.include(line);
    }
  });

  it("quotes what systemd would expand", () => {
    const { content } = planSystemd(inputOf()).file;
    expect(content).to.include(String.raw`"/srv/a \"b\" & <c> 100%% $$HOME it's"`);
  });

  for (const [platform, plan] of [
    ["launchd", planLaunchd],
    ["Task Scheduler", planTask],
  ] as const) {
    it(`makes well-formed XML for ${platform}, with the command as it is`, async function () {
      if (spawnSync("python3", ["--version"]).status !== 0) return this.skip();
      const { file } = plan(inputOf());
      const path = join(await newFolder(), "service.xml");
      await writeFile(path, file.content, file.encoding);
      const texts = execFileSync("python3", ["-c", readTexts, path], { encoding: "utf8" });
      const [command] = inputOf().command;
      expect(texts).to.include(command);
      expect(texts).to.include(platform === "launchd" ? nastyFolder : nastyFolder.replaceAll('"', '\\"'));
    });
  }

  it("has the daemon keep a log of bounded size where the platform rotates none", () => {
    const log = "/home/alice/Library/Logs/org.shadowmesh.shadowmesh.log";
    expect(planLaunchd(inputOf()).file.content).to.include(`<string>--log-file</string>\n    <string>${log}</string>`);
    const task = planTask(inputOf({ folder: "C:\\node" }));
    expect(task.file.content).to.include("&quot;--log-file&quot; &quot;C:\\node\\shadowmesh.log&quot;");
    expect(task.logs).to.include("C:\\node\\shadowmesh.log");
    expect(planSystemd(inputOf()).file.content).to.not.include("--log-file");
  });

  it("says what ends with the user's session, and of which platform the daemon is to be stopped first", () => {
    expect(planSystemd(inputOf()).hint).to.include("loginctl enable-linger");
    expect(planSystemd(inputOf({ system: true })).hint).to.equal(null);
    expect(planTask(inputOf()).kills).to.equal(true);
    expect([planSystemd, planLaunchd].map((plan) => plan(inputOf()).kills)).to.deep.equal([undefined, undefined]);
  });

  it("starts a launchd agent again where it failed, and a task without a time limit", () => {
    expect(planLaunchd(inputOf()).file.content).to.match(/KeepAlive<\/key>\s*<dict>\s*<key>SuccessfulExit/);
    expect(planTask(inputOf()).file.content).to.include("<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>");
  });
});

/** Prints the texts of an XML file's elements; fails where it is not well-formed. */
const readTexts = `import sys, xml.etree.ElementTree as tree
for element in tree.parse(sys.argv[1]).iter(): print(element.text or "")`;
