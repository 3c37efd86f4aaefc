import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Only root on Linux may mount; the machines of a CI let anybody become root, a developer's password is not asked for. */
const asRoot = (command: string, args: string[]) =>
  process.getuid?.() === 0 || !process.env.CI
    ? execFileSync(command, args, { stdio: "ignore" })
    : execFileSync("sudo", ["-n", command, ...args], { stdio: "ignore" });

export interface SmallDisk {
  /** Where it is mounted. */
  path(): string;
  resize(size: { kilobytes: number }): void;
  /** Leaves no room beside what is there; what it returns gives it back. */
  fill(): () => void;
}

/** What is written between the reading of a size and the resizing to it has room in this. */
const spareKilobytes = 8 * 1024;

/**
 * A real file system of a given size, mounted for the tests of a `describe`. Where nothing can be mounted the tests are
 * skipped, which mocha shows.
 */
export function mountSmallDisk(size: { kilobytes: number }): SmallDisk {
  let folder: string | undefined;

  before(function () {
    const made = mkdtempSync(join(tmpdir(), "shadowmesh-disk-"));
    try {
      const owner = `uid=${process.getuid?.() ?? 0}`;
      asRoot("mount", ["-t", "tmpfs", "-o", `size=${size.kilobytes}k,mode=700,${owner}`, "tmpfs", made]);
      folder = made;
    } catch {
      rmSync(made, { recursive: true });
      console.warn("      ! no file system can be mounted here (that takes root): skipped");
      this.skip();
    }
  });
  after(() => {
    if (folder === undefined) return;
    asRoot("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true });
  });

  const path = () => {
    if (folder === undefined) throw new Error("the disk is mounted while the tests of its `describe` run");
    return folder;
  };
  const resize: SmallDisk["resize"] = ({ kilobytes }) =>
    void asRoot("mount", ["-o", `remount,size=${kilobytes}k`, path()]);
  return {
    path,
    resize,
    fill() {
      const { blocks, bavail, bsize } = statfsSync(path());
      resize({ kilobytes: Math.min(blocks * bsize, (blocks - bavail) * bsize + spareKilobytes * 1024) / 1024 });
      const ballast = join(path(), "ballast");
      writeUntilFull(ballast, bsize);
      return () => {
        rmSync(ballast, { force: true });
        resize({ kilobytes: (blocks * bsize) / 1024 });
      };
    },
  };
}

function writeUntilFull(file: string, blockBytes: number): void {
  const handle = openSync(file, "w");
  try {
    for (;;) writeSync(handle, Buffer.alloc(blockBytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(handle);
  }
}
