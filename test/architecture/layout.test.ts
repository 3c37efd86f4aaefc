import { readdir, readFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../scripts/root.ts";
import { repositoryFiles } from "./sources.ts";

const maxLines = 350;
const generated = /^(contracts\/generated\/|docs\/|package-lock\.json$|node\/backbone\/database\/migrations\/)/;
const text =
  /\.(ts|tsx|mjs|cjs|js|json|jsonc|sol|md|css|yml|yaml|sql|sh|svg)$|(^|\/)(Makefile|run|\.[a-z]+(rc|ignore|config|example)?)$/;

const read = (path: string) => readFile(join(root, path), "utf8");

describe("architecture/layout", () => {
  let files: readonly string[];
  before(async () => {
    files = await repositoryFiles();
  });

  // Solidity is apart: a contract is one file in named sections, which its readers and verifiers want whole.
  it(`keeps every source under ${maxLines} lines`, async () => {
    const sources = files.filter((path) => /\.(ts|tsx|mjs|cjs|js)$/.test(path) && !generated.test(path));
    const long: string[] = [];
    for (const path of sources) {
      const lines = (await read(path)).split("\n").length - 1;
      if (lines > maxLines) long.push(`${path}: ${lines}`);
    }
    expect(long).to.deep.equal([]);
  });

  it("explains every service and every benchmark in a README", async () => {
    for (const parent of ["node/services", "test/bench"]) {
      const folders = (await readdir(join(root, parent), { withFileTypes: true })).filter((entry) =>
        entry.isDirectory(),
      );
      const without = folders
        .map(({ name }) => `${parent}/${name}`)
        .filter((folder) => !files.includes(`${folder}/README.md`));
      expect(without).to.deep.equal([]);
    }
  });

  // See node/core/timeout-signal.ts; what a browser runs, too, has no other.
  it("limits no work of the daemon by a signal that Node would keep", async () => {
    const sources = files.filter((path) => /^node\/.*\.ts$/.test(path) && path !== "node/api/transport.ts");
    const found: string[] = [];
    for (const path of sources) if (/AbortSignal\.timeout\(/.test(await read(path))) found.push(path);
    expect(found).to.deep.equal([]);
  });

  it("has no drawer for what has no place", () => {
    expect(files.filter((path) => /(^|\/)(utils?|helpers?|common|misc|lib)(\/|\.tsx?$)/.test(path))).to.deep.equal([]);
  });

  it("tells nothing of the machine it was written on", async () => {
    // Home folders and names of build machines, addresses of private networks that are nobody's example, registries.
    const [home, here] = [homedir(), root.replace(/[\\/]$/, "")];
    const pathsHere = [home, here].filter((path) => path.length > 4);
    const leaks = [
      ...pathsHere.map((path) => new RegExp(`(^|[\\s"'\`(=:])${literally(path)}(?![\\w-])`, "m")),
      // A name without a digit may be an ordinary word.
      ...(/\d/.test(hostname()) ? [new RegExp(literally(hostname()), "i")] : []),
      /"resolved"\s*:\s*"(?!https:\/\/registry\.npmjs\.org\/|file:|app\/)/,
      /\b(npm_|ghp_|github_pat_|glpat-|xox[bp]-)[A-Za-z0-9]{20,}/,
      /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/,
    ];
    const found: string[] = [];
    for (const path of files.filter((name) => text.test(name))) {
      const content = await read(path);
      for (const leak of leaks) if (leak.test(content)) found.push(`${path}: ${leak.exec(content)?.[0]}`);
    }
    expect(found).to.deep.equal([]);
  });
});

function literally(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
