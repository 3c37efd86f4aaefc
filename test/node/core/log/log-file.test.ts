import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createLog, openLogFile } from "../../../../node/core/log/index.ts";
import { expectThrownCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { mountSmallDisk } from "../../../harness/small-disk.ts";

describe("core/log/log-file", () => {
  const newFolder = temporaryFolders();
  const text = (path: string) => readFile(path, "utf8");

  it("has the lines of this run behind those of the one before, for its owner alone", async () => {
    const path = join(await newFolder(), "logs/node.log");
    for (const run of ["first", "second"]) createLog({ level: "info" }, openLogFile(path)).info(run);
    const lines = (await text(path)).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).msg)).to.deep.equal(["first", "second"]);
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("keeps one file of its size besides the one that grows, however much is logged", async () => {
    const folder = await newFolder();
    const file = openLogFile(join(folder, "node.log"), 100);
    for (let n = 0; n < 1_000; n++) file.write(`line ${n}\n`);
    expect((await readdir(folder)).sort()).to.deep.equal(["node.log", "node.log.1"]);
    const both = `${await text(join(folder, "node.log.1"))}${await text(join(folder, "node.log"))}`;
    expect(both).to.have.length.below(250);
    const numbers = both
      .trim()
      .split("\n")
      .map((line) => Number(line.slice(5)));
    expect(numbers.at(-1)).to.equal(999);
    expect(numbers).to.deep.equal(numbers.map((_, index) => 1_000 - numbers.length + index));
  });

  it("says that it can't be opened, with a code", async () => {
    const file = join(await newFolder(), "file");
    await writeFile(file, "");
    const path = join(file, "node.log");
    expect(expectThrownCode(() => openLogFile(path), "LOG_FILE_UNWRITABLE").details).to.deep.equal({ path });
  });

  describe("on a full disk", () => {
    const disk = mountSmallDisk({ kilobytes: 64 });

    it("leaves lines out, and goes on once there is room", async () => {
      const path = join(disk.path(), "node.log");
      const file = openLogFile(path);
      for (let n = 0; n < 100; n++) file.write(`${"x".repeat(1_000)}\n`);
      disk.resize({ kilobytes: 1_024 });
      file.write("there is room again\n");
      expect(await text(path)).to.match(/there is room again\n$/);
    });
  });
});
