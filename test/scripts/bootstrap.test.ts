import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { root } from "../../scripts/root.ts";
import { temporaryFolders } from "../harness/folder.ts";

const plain = { "node_modules/plain": { version: "1.0.0" } };
const native = { "node_modules/native": { version: "1.0.0", optional: true, os: [process.platform] } };
const foreign = { "node_modules/foreign": { version: "1.0.0", optional: true, os: ["no-such-system"] } };
const ofForeign = { "node_modules/of-foreign": { version: "1.0.0", optional: true } };
const locked = { "": { name: "clone" }, ...plain, ...native, ...foreign, ...ofForeign };

describe("scripts/bootstrap", () => {
  const newFolder = temporaryFolders();

  /** Runs it in a clone where npm cannot be found: what it prints shows whether it went on, or wanted to install. */
  const run = async (installed: object, lock: object = locked) => {
    const clone = await newFolder();
    await mkdir(join(clone, "scripts"));
    await mkdir(join(clone, "node_modules", ".bin"), { recursive: true });
    await cp(join(root, "scripts", "bootstrap.mjs"), join(clone, "scripts", "bootstrap.mjs"));
    await writeFile(join(clone, "package.json"), JSON.stringify({ devDependencies: { node: "24.0.0" } }));
    await writeFile(join(clone, "scripts", "goes-on.mjs"), "console.log('went on')");
    const writeLock = (path: string, packages: object) => writeFile(join(clone, path), JSON.stringify({ packages }));
    await writeLock("package-lock.json", lock);
    await writeLock("node_modules/.package-lock.json", installed);
    const start = () =>
      promisify(execFile)(process.execPath, [join(clone, "scripts", "bootstrap.mjs"), "scripts/goes-on.mjs"], {
        env: { PATH: join(clone, "nothing") },
      }).then(
        ({ stdout }) => stdout,
        (error: { stdout: string }) => error.stdout,
      );
    return { clone, start, writeLock, printed: await start() };
  };

  it("takes an npm ci by hand for complete when it holds all that this machine needs", async () => {
    const { printed } = await run({ ...plain, ...native });
    expect(printed).to.equal("went on\n");
  });

  it("installs where an npm ci by an older Node has left out a native package of this machine", async () => {
    expect((await run(plain)).printed).to.match(/^› installing dependencies/);
  });

  it("installs where a package has another version", async () => {
    const { printed } = await run({ ...native, "node_modules/plain": { version: "0.9.0" } });
    expect(printed).to.match(/^› installing dependencies/);
  });

  it("compares anew once the lock file has changed", async () => {
    const { start, writeLock } = await run({ ...plain, ...native });
    await writeLock("package-lock.json", { ...locked, "node_modules/added": { version: "1.0.0" } });
    expect(await start()).to.match(/^› installing dependencies/);
  });
});
