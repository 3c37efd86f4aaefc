import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { importRules } from "../../scripts/check.ts";
import { root } from "../../scripts/root.ts";

/** Each breaks one rule by its first file, and only together with those after it and the ground; no two share a file. */
const violations: readonly (readonly [rule: string, files: Record<string, string>])[] = [
  ["no-cycles", { "node/core/a.ts": 'import "./b.ts";', "node/core/b.ts": 'import "./a.ts";' }],
  ["resolvable", { "node/core/lost.ts": 'import "./nowhere.ts";' }],
  ["core-stands-alone", { "node/core/to-service.ts": 'import "../services/one/index.ts";' }],
  ["core-stands-alone", { "node/core/to-api.ts": 'import "../api/route.ts";', "node/api/route.ts": "export {};" }],
  ["errors-are-leaves", { "node/services/one/errors.ts": 'import "./index.ts";' }],
  ["schema-is-a-leaf", { "node/core/schema.ts": 'import "./errors.ts";' }],
  ["services-stay-apart", { "node/services/two/index.ts": 'import "../one/index.ts";' }],
  ["services-have-doors", { "node/root.ts": 'import "./services/one/inside.ts";' }],
  ["backbone-stands-on-core", { "node/backbone/down.ts": 'import "../services/one/index.ts";' }],
  [
    "app-is-browser-safe",
    { "app/page.tsx": 'import "../node/core/errors.ts"; import "../node/services/one/index.ts";' },
  ],
  ["browser-safe-needs-no-node", { "node/services/two/api.ts": 'import "node:fs";' }],
  [
    "app-reaches-no-node-built-in",
    {
      "app/reaching.tsx": 'import "../node/api/client.ts";',
      "node/api/client.ts": 'import "../core/inside.ts";',
      "node/core/inside.ts": "export {};",
    },
  ],
  ["rooms-of-the-gui-stay-apart", { "app/network/a.ts": 'import "../operate/b";', "app/operate/b.ts": "export {};" }],
  ["wallets-know-wagmi", { "app/stake/room.tsx": 'import "wagmi";' }],
  [
    "wallet-code-comes-when-asked-for",
    {
      "app/stake/signing.ts": 'import "../_shared/chain/wallet/send";',
      "app/_shared/chain/wallet/send.ts": "export {};",
    },
  ],
  ["links-load-when-wanted", { "app/link.tsx": 'import Link from "next/link"; export default Link;' }],
  ["later-code-may-fail-to-load", { "app/later.tsx": 'import dynamic from "next/dynamic"; export default dynamic;' }],
  ["tests-are-outside", { "node/spy.ts": 'import "../test/harness/a.ts";', "test/harness/a.ts": "export {};" }],
  ["production-needs-no-dev-dependency", { "node/heavy.ts": 'import "chai";' }],
];

const ground: Record<string, string> = {
  "node/core/errors.ts": "export {};",
  "node/services/one/index.ts": 'import "./inside.ts";',
  "node/services/one/inside.ts": "export {};",
};

describe("architecture/import rules", function () {
  this.slow(4_000);
  let folder: string;

  /** What the rules say of a tree with these files. */
  async function cruise(files: Record<string, string>): Promise<string> {
    const tree = await mkdtemp(join(folder, "tree-"));
    for (const name of ["package.json", "tsconfig.json", ".dependency-cruiser.cjs"]) {
      await cp(join(root, name), join(tree, name));
    }
    await symlink(join(root, "node_modules"), join(tree, "node_modules"), "junction");
    for (const top of ["contracts", "node", "app", "scripts", "test"]) await mkdir(join(tree, top));
    for (const [path, text] of Object.entries({ ...ground, ...files })) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), `${text}\n`);
    }
    return stripVTControlCharacters((await importRules(tree)).output);
  }

  let breaches: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-rules-"));
    // All in one tree: each start of dependency-cruiser takes most of a second.
    breaches = await cruise(Object.assign({}, ...violations.map(([, files]) => files)));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("pass what keeps to them", async () => {
    expect(await cruise({})).to.include("no dependency violations");
  });

  for (const [rule, files] of violations) {
    it(`catch a breach of ${rule} by ${Object.values(files)[0]}`, () => {
      expect(breaches).to.include(`error ${rule}: ${Object.keys(files)[0]} → `);
    });
  }
});
