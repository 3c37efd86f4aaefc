import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build, type Metafile } from "esbuild";
import { hintCompilation } from "./compile-hints.ts";
import { compressTexts } from "./compress.ts";
import { root, toolPath } from "./root.ts";
import { runNode } from "./run-command.ts";
import { files, hashOf, stampOf, stampPath } from "./stamp.ts";

export interface BuildOptions {
  /** Build also where nothing changed. @default false */
  force?: boolean;
  /** Show the output of the build. @default only where it fails */
  stream?: boolean;
}

/** How long another process's build of the GUI is waited for. */
const otherBuildTimeoutMs = 180_000;
/** PGlite reads its WebAssembly and UDX its binary beside their own files: whoever ships the bundle ships these, too. */
export const unbundled = ["@electric-sql/pglite", "udx-native"];
const lists = ["package-lock.json", "scripts/build.ts", "scripts/compile-hints.ts", "scripts/compress.ts"];
const daemonFolder = join(root, "dist", "shadowmesh");
const guiFolder = join(root, "out");

/**
 * Bundles the daemon and the command into dist/shadowmesh: one file is read at start instead of a thousand, and what is
 * imported on demand stays in chunks of its own.
 *
 * @returns whether anything had to be built
 */
export async function buildDaemon({ force = false }: BuildOptions = {}): Promise<boolean> {
  const sources = await files("node/**/*.{ts,sql,json}", "contracts/generated/*.ts", "contracts/deployments/*.json");
  const hash = await hashOf([...sources, ...lists]);
  if (!force && (await stampOf(daemonFolder)) === hash) return false;

  await rm(stampPath(daemonFolder), { force: true });
  const metafile = await bundle(["node/main.ts"], daemonFolder);
  await removeOld(metafile);
  await writeFile(stampPath(daemonFolder), hash);
  return true;
}

/** Bundles programs for our Node: the daemon, and those that benchmarks compare it with. */
export async function bundle(entryPoints: string[], outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    splitting: true,
    sourcemap: "linked",
    sourcesContent: false,
    minifySyntax: true,
    minifyWhitespace: true,
    // Stack traces and logs name things as the sources do.
    // `keepNames` would do so also for the few that are renamed, by a call for each function at start: 3 MB, a tenth of a second.
    minifyIdentifiers: false,
    chunkNames: "chunk-[name]-[hash]",
    // The last ones are natives that their users can do without.
    external: [...unbundled, "pg-native", "bufferutil", "utf-8-validate"],
    // CommonJS packages inside call `require` for what Node brings.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}

/**
 * Exports the GUI as plain files to out/.
 *
 * @returns whether anything had to be built
 */
export async function buildGui({ force = false, stream = false }: BuildOptions = {}): Promise<boolean> {
  const deadline = Date.now() + otherBuildTimeoutMs;
  for (;;) {
    const hash = await hashOf([...(await guiSources()), ...lists]);
    if (!force && (await stampOf(guiFolder)) === hash) return false;
    const { ok, output } = await runNode([toolPath("next"), "build"], {
      stream,
      env: { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
    });
    if (ok) {
      await hintCompilation("out/_next/static/chunks");
      await compressTexts("out");
      await writeFile(stampPath(guiFolder), hash);
      return true;
    }
    // `npm start` and `npm test` in one folder: the other's build may be just what is needed here.
    if (!/another next build/i.test(output) || Date.now() > deadline) {
      throw new Error(`next build failed${stream ? "" : `:\n${output}`}`);
    }
    // Between the end of the other's build and its stamp the texts are compressed.
    for (let waited = 0; waited < 10_000 && (await stampOf(guiFolder)) !== hash; waited += 500) await delay(500);
  }
}

/** What is in app/, and the sources outside that it imports, also through others. */
async function guiSources(): Promise<string[]> {
  const own = await files("app/**/*", "next.config.js", "postcss.config.mjs");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: own.filter((file) => /\.tsx?$/.test(file)),
    outdir: "unused",
    write: false,
    bundle: true,
    packages: "external",
    format: "esm",
    jsx: "automatic",
    loader: { ".css": "empty", ".svg": "empty" },
    metafile: true,
    logLevel: "silent",
  });
  return [...new Set([...own, ...Object.keys(metafile.inputs)])].filter((file) => !file.endsWith(".tsbuildinfo"));
}

/** Chunks carry a hash in their names: those of earlier builds would pile up. */
async function removeOld({ outputs }: Metafile): Promise<void> {
  const current = new Set(Object.keys(outputs).map((path) => join(root, path)));
  for (const name of await readdir(daemonFolder)) {
    const path = join(daemonFolder, name);
    if (/\.js(\.map)?$/.test(name) && !current.has(path)) await rm(path);
  }
}

if (import.meta.main) {
  const force = process.argv.includes("--force");
  for (const [name, run] of [
    ["daemon", () => buildDaemon({ force })],
    ["GUI", () => buildGui({ force, stream: true })],
  ] as const) {
    const startedAt = performance.now();
    const built = await run();
    console.log(
      `✓ ${name} ${built ? "built" : "is up to date"} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`,
    );
  }
}
