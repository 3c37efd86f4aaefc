// Plain JavaScript without dependencies: the first thing that runs on a fresh clone, on any Node >= 20.
// It installs the dependencies from the lock file when they are missing or stale, and hands over to the
// project's own Node 24 (the npm package `node`), which runs TypeScript as it is.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules", ".shadowmesh-lock");
const windows = process.platform === "win32";
const [script, ...args] = process.argv.slice(2);

const lockHash = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== lockHash) {
  console.log("› installing dependencies from package-lock.json (once, a minute or two)");
  // npm leaves out native packages whose `engines` exclude the Node it runs on, so npm itself must run on 24.
  const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;
  const tooOld = Number(process.versions.node.split(".")[0]) < 24;
  const command = tooOld
    ? ["npx", "-y", "-p", `node@${version}`, "-c", "npm ci --no-progress"]
    : ["npm", "ci", "--no-progress"];
  const { status } = spawnSync(
    command[0],
    command.slice(1).map((part) => (windows ? `"${part}"` : part)),
    {
      cwd: root,
      stdio: "inherit",
      shell: windows,
    },
  );
  if (status !== 0) {
    console.error("✗ npm ci failed. Check that the npm registry can be reached, then run the same command again.");
    process.exit(status ?? 1);
  }
  writeFileSync(stampFile, lockHash);
}

const localNode = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");
const node = existsSync(localNode) ? localNode : process.execPath;
const { status, signal } = spawnSync(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
  cwd: process.cwd(),
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: `${dirname(node)}${windows ? ";" : ":"}${join(root, "node_modules", ".bin")}${windows ? ";" : ":"}${process.env.PATH}`,
  },
});
process.exit(signal ? 1 : (status ?? 1));
