import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { lockFolder } from "../../../../node/core/store/index.ts";
import { expectThrownCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { mountSmallDisk } from "../../../harness/small-disk.ts";
import { asOrdinaryUser } from "../../../harness/unprivileged.ts";

describe("core/store/folder-lock", () => {
  const newFolder = temporaryFolders();

  async function holdFromElsewhere(folder: string): Promise<ChildProcess> {
    const holder = fileURLToPath(new URL("../../../harness/hold-lock.ts", import.meta.url));
    const child = fork(holder, [folder], { execArgv: ["--disable-warning=ExperimentalWarning"] });
    await once(child, "message");
    return child;
  }

  it("makes the folder where there is none", async () => {
    const folder = join(await newFolder(), "new", "data");
    lockFolder(folder).release();
    expect(await readdir(folder)).to.include("daemon.lock");
  });

  it("is held by one at a time", async () => {
    const folder = await newFolder();
    const lock = lockFolder(folder);
    const error = expectThrownCode(() => lockFolder(folder), "DATA_FOLDER_IN_USE");
    expect(error.details).to.deep.equal({ folder });
    lock.release();
    lockFolder(folder).release();
  });

  it("may be released twice, and then does not free another's", async () => {
    const folder = await newFolder();
    const first = lockFolder(folder);
    first.release();
    const second = lockFolder(folder);
    first.release();
    expectThrownCode(() => lockFolder(folder), "DATA_FOLDER_IN_USE");
    second.release();
  });

  it("of one folder does not hinder another", async () => {
    const locks = [lockFolder(await newFolder()), lockFolder(await newFolder())];
    for (const lock of locks) lock.release();
  });

  it("is refused while another process holds it, though that forgot it, and free as soon as that process is killed", async () => {
    const folder = await newFolder();
    const child = await holdFromElsewhere(folder);
    try {
      expectThrownCode(() => lockFolder(folder), "DATA_FOLDER_IN_USE");
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    lockFolder(folder).release();
  });

  it("keeps another process out while it is held here", async () => {
    const folder = await newFolder();
    const lock = lockFolder(folder);
    const holder = fileURLToPath(new URL("../../../harness/hold-lock.ts", import.meta.url));
    const child = fork(holder, [folder], { silent: true });
    const [code] = await once(child, "exit");
    expect(code).to.equal(1);
    lock.release();
  });

  it("says that the folder cannot be written where it is a file", async () => {
    const path = join(await newFolder(), "file");
    await writeFile(path, "");
    expectThrownCode(() => lockFolder(join(path, "data")), "DATA_FOLDER_UNWRITABLE");
    expectThrownCode(() => lockFolder(path), "DATA_FOLDER_UNWRITABLE");
  });

  it("says that the folder cannot be written where its owner forbids it", async () => {
    const folder = await newFolder();
    await chmod(folder, 0o500);
    await asOrdinaryUser(() => expectThrownCode(() => lockFolder(folder), "DATA_FOLDER_UNWRITABLE"));
    await chmod(folder, 0o700);
  });

  it("is taken again where the lock file holds rubbish", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "daemon.lock"), "rubbish that is no database ".repeat(100));
    lockFolder(folder).release();
  });

  describe("on a full disk", () => {
    const disk = mountSmallDisk({ kilobytes: 16 });

    it("says that the disk is full", async () => {
      await writeFile(join(disk.path(), "filler"), Buffer.alloc(100_000)).catch(() => undefined);
      expectThrownCode(() => lockFolder(disk.path()), "DISK_FULL");
    });
  });
});
