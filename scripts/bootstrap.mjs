// Plain JavaScript without dependencies: the first thing that runs on a fresh clone, on any Node >= 20.
// It installs the dependencies from the lock file when they are missing or stale, and hands over to the
// project's own Node 24 (the npm package `node`), which runs TypeScript as it is.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".shadowmesh-lock");
const windows = process.platform === "win32";
const [script, ...args] = process.argv.slice(2);

/** Runs a command to its end. Ctrl-C reaches it from the terminal; here it is only waited for. */
function run(command, commandArgs, options) {
  const child = spawn(command, commandArgs, { stdio: "inherit", ...options });
  const forward = { SIGINT: () => {}, SIGTERM: () => child.kill("SIGTERM"), SIGHUP: () => child.kill("SIGHUP") };
  for (const [signal, listener] of Object.entries(forward)) process.on(signal, listener);
  const watch = watchParent(() => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      for (const [name, listener] of Object.entries(forward)) process.off(name, listener);
      resolve({ code, signal });
    });
  });
}

/** npm passes SIGTERM to the shell that it runs a script in; the shell ends without a word to us. */
function watchParent(onGone) {
  const parent = process.ppid;
  if (windows || process.env.npm_lifecycle_event === undefined) return undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  return timer;
}

/** Ends this process the way a child ended. */
function endLike({ code, signal }) {
  if (signal === null) process.exit(code);
  process.kill(process.pid, signal);
}

/**
 * Whether an `npm ci` or `npm install` by hand has brought all that the lock file wants here, native packages too: one
 * that ran on an older Node leaves some of them out.
 */
function holdsLocked() {
  const packagesOf = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
  const installed = join(modules, ".package-lock.json");
  if (!existsSync(installed)) return false;
  const present = packagesOf(installed);
  return Object.entries(packagesOf(join(root, "package-lock.json"))).every(
    ([path, locked]) =>
      !path.startsWith("node_modules/") ||
      locked.link ||
      present[path]?.version === locked.version ||
      ((locked.optional || locked.devOptional) && !isForThisMachine(locked)),
  );
}

/** Whether a package is native to this machine; what names no platform may belong to one of another. */
function isForThisMachine({ os, cpu, libc }) {
  // npm's own question: a Node that was linked with glibc names its version.
  const ownLibc = process.report?.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
  return (
    (os || cpu) &&
    (!os || os.includes(process.platform)) &&
    (!cpu || cpu.includes(process.arch)) &&
    (!libc || process.platform !== "linux" || libc.includes(ownLibc))
  );
}

async function install() {
  const lockHash = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash) return;
  if (holdsLocked()) return writeFileSync(stampFile, lockHash);
  console.log("› installing dependencies from package-lock.json (once, a minute or two)");
  // npm leaves out native packages whose `engines` exclude the Node it runs on, so npm itself must run on 24.
  const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node;
  const tooOld = Number(process.versions.node.split(".")[0]) < 24;
  const npmCi = "npm ci --no-progress --loglevel=error";
  const [command, ...rest] = tooOld ? ["npx", "-y", "-p", `node@${version}`, "-c", npmCi] : npmCi.split(" ");
  const ended = await run(command, windows ? rest.map((part) => `"${part}"`) : rest, { cwd: root, shell: windows });
  if (ended.code !== 0) {
    console.error("✗ npm ci failed. Check that the npm registry can be reached, then run the same command again.");
    endLike(ended);
  }
  writeFileSync(stampFile, lockHash);
}

/** npm links no package's command into its own node_modules; with this, npx finds it at once, also offline. */
function linkCommand() {
  const link = join(modules, ".bin", "shadowmesh");
  if (windows || lstatSync(link, { throwIfNoEntry: false })) return;
  symlinkSync("../../node/shadowmesh.mjs", link);
}

await install();
linkCommand();
const localNode = join(modules, "node", "bin", windows ? "node.exe" : "node");
const node = existsSync(localNode) ? localNode : process.execPath;
const ended = await run(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
  env: { ...process.env, PATH: [dirname(node), join(modules, ".bin"), process.env.PATH].join(delimiter) },
});
endLike(ended);
