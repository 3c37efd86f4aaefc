import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Temporary folders of a test file, which are gone after it. Call it inside a `describe`. */
export function temporaryFolders(): () => Promise<string> {
  const made: string[] = [];
  after(async () => {
    for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "shadowmesh-test-"));
    made.push(folder);
    return folder;
  };
}
