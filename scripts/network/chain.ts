import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { generateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { createPublicClient, http } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { root } from "../root.ts";
import { type Child, startGuarded } from "./process.ts";

export interface DevChain {
  readonly rpcUrl: string;
  /** Whether the state outlives the process: true with anvil, false with `hardhat node`. */
  readonly keepsState: boolean;
  readonly pid: number;
  /** A funded account, with 10,000 SHM at first. */
  account(index: number): HDAccount;
  stop(): Promise<void>;
}

export interface DevChainOptions {
  /** Funded accounts; a chain keeps those that it was made with. @default 10 */
  accounts?: number;
  /** Address to listen on. @default 127.0.0.1 */
  host?: string;
  /** See `ChildOptions`. @default false */
  outlivesUs?: boolean;
}

/** Starts the development chain on a port, with the state and the accounts of its folder. */
export async function startDevChain(folder: string, port: number, options: DevChainOptions = {}): Promise<DevChain> {
  const { host = "127.0.0.1", accounts = 10, outlivesUs = false } = options;
  const mnemonic = await readOrMakeMnemonic(join(folder, "mnemonic.txt"));
  const anvil = findAnvil();
  const launch = { mnemonic, host, port, accounts, folder, logPath: join(folder, "chain.log"), outlivesUs };
  const child = anvil === null ? startHardhat(launch) : startAnvil(anvil, launch);
  const rpcUrl = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  await answers(rpcUrl, child, launch.logPath);
  return {
    rpcUrl,
    keepsState: anvil !== null,
    pid: child.process.pid ?? Number.NaN,
    account: (index) => mnemonicToAccount(mnemonic, { addressIndex: index }),
    stop: () => child.stop(),
  };
}

interface Launch extends Required<DevChainOptions> {
  mnemonic: string;
  port: number;
  folder: string;
  logPath: string;
}

/** Each clone has its own accounts: a well-known mnemonic is one that people import and lose real money with. */
async function readOrMakeMnemonic(path: string): Promise<string> {
  if (existsSync(path)) return (await readFile(path, "utf8")).trim();
  const mnemonic = generateMnemonic(wordlist);
  await writeFile(path, `${mnemonic}\n`, { mode: 0o600 });
  return mnemonic;
}

/** anvil from ANVIL_BIN, from npm where there is one for this platform, or from the PATH; null where there is none. */
function findAnvil(): string | null {
  if (process.env.ANVIL_BIN) return process.env.ANVIL_BIN;
  const platform = `${process.platform === "win32" ? "win32" : process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const name = process.platform === "win32" ? "anvil.exe" : "anvil";
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve(`@foundry-rs/anvil-${platform}/package.json`)), "bin", name);
  } catch {
    const folders = (process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":");
    return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
  }
}

function startAnvil(anvil: string, launch: Launch): Child {
  const { mnemonic, host, port, accounts, folder, logPath, outlivesUs } = launch;
  const args = ["--host", host, "--port", String(port), "--chain-id", "31337", "--silent"];
  const funded = ["--mnemonic", mnemonic, "--accounts", String(accounts)];
  // Dumped every second and at the end: a kill loses a second at the most.
  const state = ["--state", join(folder, "chain.json"), "--state-interval", "1"];
  // At SIGINT anvil writes its state; at SIGTERM it does not.
  return startGuarded(anvil, [...args, ...funded, ...state], { logPath, outlivesUs, stopSignal: "SIGINT" });
}

function startHardhat({ mnemonic, host, port, accounts, logPath, outlivesUs }: Launch): Child {
  const cli = join(root, "node_modules", "hardhat", "dist", "src", "cli.js");
  const args = [cli, "node", "--network", "devnet", "--hostname", host, "--port", String(port)];
  const env = { SHADOWMESH_DEVNET_MNEMONIC: mnemonic, SHADOWMESH_DEVNET_ACCOUNTS: String(accounts) };
  return startGuarded(process.execPath, args, { logPath, env, outlivesUs });
}

async function answers(rpcUrl: string, child: Child, logPath: string): Promise<void> {
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 1_000 }) });
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.process.exitCode !== null) break;
    const chainId = await client.getChainId().catch(() => null);
    if (chainId !== null) return;
    await delay(100);
  }
  await child.stop();
  throw new Error(`the development chain did not start; its log is ${logPath}`);
}
