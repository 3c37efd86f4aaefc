import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../scripts/root.ts";

/** The files that belong to the repository, committed or about to be, by paths with forward slashes. */
export async function repositoryFiles(): Promise<string[]> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { stdout } = await promisify(execFile)("git", args, { cwd: root, maxBuffer: 16 * 2 ** 20 });
  return stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
}
