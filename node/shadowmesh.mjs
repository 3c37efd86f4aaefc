#!/usr/bin/env node
// The `shadowmesh` command: plain JavaScript, so that any Node can start it. It runs the bundle where it is built, else
// the sources, on this Node where it is 24 or newer, else on the project's own (the npm package `node`).
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = at("../dist/shadowmesh/main.js");
const entry = existsSync(bundle) ? bundle : at("./main.ts");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  // What --disable-warning=ExperimentalWarning would do, without a second process.
  const report = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") for (const listener of report) listener.call(process, warning);
  });
  await import(pathToFileURL(entry).href);
} else {
  const windows = process.platform === "win32";
  const node = at(`../node_modules/node/bin/${windows ? "node.exe" : "node"}`);
  if (!existsSync(node)) {
    console.error(
      `✗ shadowmesh needs Node 24; this is ${process.version}.\n  Install Node 24, or run \`npm ci\` in ${at("..")}`,
    );
    process.exit(1);
  }
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", entry, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // A terminal sends Ctrl-C to both; the child decides when to end.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
