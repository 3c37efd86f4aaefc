import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

/** The folder of package.json above this file, whether it runs as source or from the bundle in dist/. */
export const packageFolder: string = findPackageFolder(import.meta.dirname);

export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"))).version;

function findPackageFolder(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findPackageFolder(dirname(folder));
}
