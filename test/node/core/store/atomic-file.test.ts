import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createIdentityFile, readIdentityFile } from "../../../../node/core/identity/index.ts";
import {
  createFileAtomically,
  placeFolder,
  readFileIfPresent,
  writeFileAtomically,
} from "../../../../node/core/store/index.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { mountSmallDisk } from "../../../harness/small-disk.ts";
import { asOrdinaryUser } from "../../../harness/unprivileged.ts";

describe("core/store/atomic-file", () => {
  const newFolder = temporaryFolders();

  it("writes a file and the folders above it, for the owner alone", async () => {
    const path = join(await newFolder(), "a", "b", "file.json");
    await writeFileAtomically(path, "one");
    expect(await readFileIfPresent(path)).to.equal("one");
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(path, ".."))).mode & 0o777).to.equal(0o700);
  });

  it("replaces a file as a whole and leaves nothing beside it", async () => {
    const folder = await newFolder();
    const path = join(folder, "file.json");
    await writeFileAtomically(path, "a much longer first content");
    await writeFileAtomically(path, "two");
    expect(await readFileIfPresent(path)).to.equal("two");
    expect(await readdir(folder)).to.deep.equal(["file.json"]);
  });

  it("shows readers the old content or the new, never half of one, while many write", async () => {
    const path = join(await newFolder(), "file.json");
    const contents = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000));
    await writeFileAtomically(path, contents[0] ?? "");
    let writing = true;
    const writes = Promise.all(contents.map((content) => writeFileAtomically(path, content))).finally(() => {
      writing = false;
    });
    while (writing) expect(contents).to.include(await readFile(path, "utf8"));
    await writes;
  });

  it("makes a file only where there is none", async () => {
    const path = join(await newFolder(), "file.json");
    expect(await createFileAtomically(path, "one")).to.equal(true);
    expect(await createFileAtomically(path, "two")).to.equal(false);
    expect(await readFileIfPresent(path)).to.equal("one");
    expect(await readdir(join(path, ".."))).to.deep.equal(["file.json"]);
  });

  it("gives a complete folder its name, and replaces none that holds something", async () => {
    const folder = await newFolder();
    const [fresh, path] = [join(folder, "fresh"), join(folder, "placed")];
    const fillFresh = async () => {
      await mkdir(join(fresh, "inside"), { recursive: true });
      for (let n = 0; n < 100; n++) await writeFile(join(fresh, "inside", `${n}`), `${n}`);
    };
    await fillFresh();
    await placeFolder(fresh, path);
    expect(await readdir(folder)).to.deep.equal(["placed"]);
    expect(await readdir(join(path, "inside"))).to.have.length(100);
    await fillFresh();
    const error = await placeFolder(fresh, path).catch((cause: unknown) => cause);
    expect(error).to.be.instanceOf(Error);
    expect(await readdir(folder)).to.have.members(["fresh", "placed"]);
  });

  it("reads a file that is not there as null", async () => {
    expect(await readFileIfPresent(join(await newFolder(), "none"))).to.equal(null);
  });

  it("keeps the old content where the new one could not take its place", async () => {
    const folder = await newFolder();
    const path = join(folder, "file.json");
    // A rename can't replace a folder that holds something.
    await mkdir(join(path, "inside"), { recursive: true });
    await expectCode(writeFileAtomically(path, "new"), "DATA_FOLDER_UNWRITABLE");
    expect(await readdir(folder)).to.deep.equal(["file.json"]);
    expect(await readdir(path)).to.deep.equal(["inside"]);
  });

  it("says that the folder cannot be written where a file stands in its place", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "taken"), "");
    await expectCode(writeFileAtomically(join(folder, "taken", "file.json"), ""), "DATA_FOLDER_UNWRITABLE");
  });

  it("says that the folder cannot be written where its owner forbids it", async () => {
    const path = join(await newFolder(), "file.json");
    await writeFileAtomically(path, "old");
    await chmod(join(path, ".."), 0o500);
    await asOrdinaryUser(() => expectCode(writeFileAtomically(path, "new"), "DATA_FOLDER_UNWRITABLE"));
    await chmod(join(path, ".."), 0o700);
    expect(await readFileIfPresent(path)).to.equal("old");
  });

  describe("on a small disk", () => {
    const disk = mountSmallDisk({ kilobytes: 64 });

    it("keeps the old content when the disk is full, and says so", async () => {
      const path = join(disk.path(), "file.json");
      await writeFileAtomically(path, "old");
      const error = await expectCode(writeFileAtomically(path, "x".repeat(1_000_000)), "DISK_FULL");
      expect(error.details).to.deep.equal({ path });
      expect(await readFileIfPresent(path)).to.equal("old");
      expect(await readdir(disk.path())).to.deep.equal(["file.json"]);
      await writeFileAtomically(path, "new");
      expect(await readFileIfPresent(path)).to.equal("new");
    });

    it("makes no half an identity when the disk is full", async () => {
      await writeFile(join(disk.path(), "filler"), Buffer.alloc(1_000_000)).catch(() => undefined);
      await expectCode(createIdentityFile(disk.path()), "DISK_FULL");
      await expectCode(readIdentityFile(disk.path()), "IDENTITY_MISSING");
    });

    it("says that a disk mounted read-only cannot be written", async () => {
      execFileSync("mount", ["-o", "remount,ro", disk.path()]);
      await expectCode(writeFileAtomically(join(disk.path(), "file.json"), "newer"), "DATA_FOLDER_UNWRITABLE");
      expect(await readFileIfPresent(join(disk.path(), "file.json"))).to.equal("new");
    });
  });
});
