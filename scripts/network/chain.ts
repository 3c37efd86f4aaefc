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

/** Funded accounts of the development chain, each with 10,000 SHM. */
export const accountCount = 10;

export interface DevChain {
  readonly rpcUrl: string;
  /** Whether the state outlives the process: true with anvil, false with `hardhat node`. */
  readonly keepsState: boolean;
  account(index: number): HDAccount;
  stop(): Promise<void>;
}

/** Starts the development chain on a port, with the state and the accounts of its folder. */
export async function startDevChain(folder: string, port: number): Promise<DevChain> {
  const mnemonic = await readOrMakeMnemonic(join(folder, "mnemonic.txt"));
  const logPath = join(folder, "chain.log");
  const anvil = findAnvil();
  const child =
    anvil === null ? startHardhat(mnemonic, port, logPath) : startAnvil(anvil, mnemonic, port, folder, logPath);
  const rpcUrl = `http://127.0.0.1:${port}`;
  await answers(rpcUrl, child, logPath);
  return {
    rpcUrl,
    keepsState: anvil !== null,
    account: (index) => mnemonicToAccount(mnemonic, { addressIndex: index }),
    stop: () => child.stop(),
  };
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

function startAnvil(anvil: string, mnemonic: string, port: number, folder: string, logPath: string): Child {
  const args = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", "31337", "--silent"];
  const accounts = ["--mnemonic", mnemonic, "--accounts", String(accountCount)];
  // Dumped every second and at the end: a kill loses a second at the most.
  const state = ["--state", join(folder, "chain.json"), "--state-interval", "1"];
  // At SIGINT anvil writes its state; at SIGTERM it does not.
  return startGuarded("SIGINT", anvil, [...args, ...accounts, ...state], { logPath });
}

function startHardhat(mnemonic: string, port: number, logPath: string): Child {
  const cli = join(root, "node_modules", "hardhat", "dist", "src", "cli.js");
  const args = [cli, "node", "--network", "devnet", "--port", String(port)];
  return startGuarded("SIGTERM", process.execPath, args, { logPath, env: { SHADOWMESH_DEVNET_MNEMONIC: mnemonic } });
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
