import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";
import { findNginx } from "../../test/harness/nginx.ts";
import { findPostgres } from "../../test/harness/postgres.ts";
import { findRedis } from "../../test/harness/redis.ts";
import { toolPath } from "../root.ts";
import { runCommand, runNode } from "../run-command.ts";

/** Whether packages of the system can be installed: Debian's tools, and the right to use them. */
const canInstall = () => process.getuid?.() === 0 && onPath("apt-get") !== undefined;
let listsUpdated = false;

async function installPackages(...packages: string[]): Promise<boolean> {
  // In this run level no service is started by its package: only the program is wanted.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  if (!listsUpdated) listsUpdated = (await runCommand("apt-get", ["update", "-qq"], { stream: true, env })).ok;
  const args = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  return (await runCommand("apt-get", args, { stream: true, env })).ok;
}

/** Path of a Chromium: the one that is named or installed, else it is installed. @throws what to do by hand */
export async function provideChromium(): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, where nothing is.`);
  const present = findChromium();
  if (present !== undefined) return present;
  console.log("› installing Chromium");
  if (!(canInstall() && (await installPackages("chromium", "fonts-noto-color-emoji")))) {
    await runNode([toolPath("@playwright/test", "playwright"), "install", "chromium"], { stream: true });
  }
  const installed = findChromium();
  if (installed !== undefined) return installed;
  throw new Error(
    "There is no Chromium, and it could not be installed. Install it (Debian: `apt-get install chromium`; elsewhere " +
      "`npx playwright install chromium`), or name yours in CHROMIUM_PATH.",
  );
}

/**
 * Path of Chromium without what makes windows, which takes less of a processor for the same pages; undefined where there
 * is none, or where another browser is named.
 */
export async function provideHeadlessShell(): Promise<string | undefined> {
  if (process.env.CHROMIUM_PATH) return undefined;
  const name = "chromium-headless-shell";
  if (onPath(name) === undefined && canInstall()) {
    console.log("› installing Chromium's headless shell");
    await installPackages(name);
  }
  return onPath(name);
}

function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const candidates = [process.env.CHROMIUM_PATH, ...names.map(onPath), chromium.executablePath()];
  return candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/** Sees to PostgreSQL's server programs, of which the tests start servers of their own. @throws what to do by hand */
export async function providePostgres(): Promise<void> {
  if (findPostgres() !== null) return;
  if (canInstall()) {
    console.log("› installing PostgreSQL (its programs; the tests start their own servers)");
    await installPackages("postgresql");
  }
  if (findPostgres() !== null) return;
  throw new Error(
    "PostgreSQL's server programs are not here, and could not be installed: half of what is tested runs on them. " +
      "Install them (Debian: `apt-get install postgresql`; macOS: `brew install postgresql`), or have `initdb` and " +
      "`postgres` in PATH.",
  );
}

/** Sees to Redis' server program; without it rate limits are tested within one instance alone. */
export async function provideRedis(): Promise<void> {
  if (findRedis() !== null || !canInstall()) return;
  console.log("› installing Redis (its program; the tests start their own servers)");
  await installPackages("redis-server");
}

/** Sees to nginx' program; without it the configuration of the proxy is not tested. */
export async function provideNginx(): Promise<void> {
  if (findNginx() !== null || !canInstall()) return;
  console.log("› installing nginx (its program; the tests start their own)");
  await installPackages("nginx-light");
}

/** Sees to miniupnpd, a router for the tests of port mapping; they are skipped without it. */
export async function provideGateway(): Promise<void> {
  if (
    process.platform !== "linux" ||
    ["/usr/sbin/miniupnpd", onPath("miniupnpd")].some((path) => existsSync(path ?? ""))
  )
    return;
  if (canInstall()) {
    console.log("› installing miniupnpd (its program; the tests run it in namespaces of their own)");
    await installPackages("miniupnpd-nftables", "iproute2", "nftables");
  }
}

function onPath(command: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
