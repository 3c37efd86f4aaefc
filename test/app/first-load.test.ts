import { globSync } from "node:fs";
import { expect } from "chai";
import { build, type Metafile } from "esbuild";
import { root } from "../../scripts/root.ts";

/** What only some pages need, or need later than at once. */
const lazy = /node_modules\/(@?wagmi|viem|@rainbow-me|@noble|zod|cmdk)\//;

describe("app/first load", function () {
  this.slow(5_000);
  let outputs: Metafile["outputs"];
  const pages = globSync("app/**/{page,layout,not-found}.tsx", { cwd: root }).map((path) => path.replaceAll("\\", "/"));

  before(async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: pages,
      outdir: "unused",
      write: false,
      bundle: true,
      splitting: true,
      format: "esm",
      jsx: "automatic",
      external: ["next/*", "react", "react-dom"],
      loader: { ".css": "empty", ".svg": "empty" },
      metafile: true,
      logLevel: "silent",
    });
    outputs = metafile.outputs;
  });

  /** The sources that are loaded with an output, without what it imports on demand. */
  function loadedWith(path: string, seen = new Set<string>()): string[] {
    const output = outputs[path];
    if (output === undefined || seen.has(path)) return [];
    seen.add(path);
    const imported = output.imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    return [...Object.keys(output.inputs), ...imported.flatMap((chunk) => loadedWith(chunk.path, seen))];
  }

  for (const page of pages) {
    it(`of ${page} has no code of wallets, the chain, schemas or the palette`, () => {
      const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === page) ?? [];
      const sources = loadedWith(path ?? "");
      expect(sources).to.include(page);
      expect(sources.filter((source) => lazy.test(source))).to.deep.equal([]);
    });
  }
});
