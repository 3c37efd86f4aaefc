// Puts what a built ShadowMesh needs to run into an empty folder, for a container image (see Dockerfile):
//   node scripts/image.ts <folder>
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { unbundled } from "./build.ts";
import { root } from "./root.ts";

/** Besides the packages: the bundle, the pages, the command, and what the bundle reads of the sources. */
const parts = [
  "dist/shadowmesh",
  "out",
  "node/shadowmesh.mjs",
  "node/backbone/database/migrations",
  "package.json",
  "LICENSE",
];

export async function assembleImage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty`);
  for (const part of [...parts, ...(await packagesOf(unbundled))]) {
    await cp(join(root, part), join(folder, part), { recursive: true, filter: isNeeded });
  }
}

/** The folders of some packages and of all that they depend on. */
async function packagesOf(names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const queue = names.map((name) => folderOf(name, root));
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    const from = folder;
    if (found.has(from)) continue;
    found.add(from);
    const { dependencies } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
    queue.push(...Object.keys(dependencies ?? {}).map((name) => folderOf(name, from)));
  }
  return [...found].map((folder) => relative(root, folder));
}

/** Where Node finds a package that is imported in a folder. */
function folderOf(name: string, from: string): string {
  const folder = join(from, "node_modules", name);
  if (existsSync(folder)) return folder;
  if (from === root) throw new Error(`the package ${name} is not installed`);
  return folderOf(name, dirname(from));
}

/** Leaves out source maps and the binaries of other systems, which are most of the bytes. */
function isNeeded(path: string): boolean {
  const [, built] = path.split(`${sep}prebuilds${sep}`);
  return !path.endsWith(".map") && (built === undefined || built.startsWith(`${process.platform}-${process.arch}`));
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: node scripts/image.ts <empty folder>");
  await assembleImage(resolve(folder));
}
