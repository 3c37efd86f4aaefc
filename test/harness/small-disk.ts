import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A real file system of a given size, mounted for the tests of a `describe`. Only root on Linux may mount one:
 * elsewhere the tests are skipped, which mocha shows.
 */
export function mountSmallDisk(size: { kilobytes: number }): { path(): string } {
  let folder: string | undefined;

  before(function () {
    const made = mkdtempSync(join(tmpdir(), "shadowmesh-disk-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size.kilobytes}k,mode=700`, "tmpfs", made], {
        stdio: "ignore",
      });
      folder = made;
    } catch {
      rmSync(made, { recursive: true });
      console.warn("      ! no file system can be mounted here (that takes root): skipped");
      this.skip();
    }
  });
  after(() => {
    if (folder === undefined) return;
    execFileSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true });
  });

  return {
    path() {
      if (folder === undefined) throw new Error("the disk is mounted while the tests of its `describe` run");
      return folder;
    },
  };
}
