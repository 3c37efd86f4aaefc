import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";
import { files } from "./stamp.ts";

/** V8's explicit compile hint for a whole file, in its first line; other engines, and those before Chrome 136, skip it. */
const compileHint = "//# allFunctionsCalledOnLoad\n";

/**
 * Has a browser compile the scripts of a folder of the repository while they come, beside the page: otherwise each
 * function is parsed once more when it is first called, and the page waits.
 */
export async function hintCompilation(folder: string): Promise<void> {
  const paths = await files(`${folder}/**/*.js`);
  await Promise.all(
    paths.map(async (name) => {
      const path = join(root, name);
      await writeFile(path, compileHint + (await readFile(path, "utf8")));
    }),
  );
}
