import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Address, Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { connect, type DeployOptions, deployNodeNexus } from "../../scripts/deploy/index.ts";
import { freePort } from "./postgres.ts";
import { until } from "./until.ts";

const program = fileURLToPath(new URL("../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil", import.meta.url));
const mnemonic = "test test test test test test test test test test test junk";

/** Accounts of the test chain, each with 10,000 SHM; the first governs. */
export const account = (index: number) => mnemonicToAccount(mnemonic, { addressIndex: index });

interface TestDeployment {
  parameters?: DeployOptions["parameters"];
  backboneOperators?: Address[];
}

/** A chain of a test's own on a fixed port: it can be stopped and started again, with its state. */
export interface TestChain {
  readonly rpcUrl: string;
  start(options?: { chainId?: number }): Promise<void>;
  stop(): Promise<void>;
  /** Gives NodeNexus' address. */
  deploy(options?: TestDeployment): Promise<Address>;
  /** All that surrounds NodeNexus too. */
  deployAll(options?: TestDeployment): Promise<{ nodeNexus: Address; relayPayments: Address; auditAnchors: Address }>;
  /** Sends an RPC request as it is. */
  rpc<T>(method: string, params?: unknown[]): Promise<T>;
}

/** Starts a chain before the tests of a `describe`; skips them, visibly, where there is no anvil for this platform. */
export function startTestChain(options: { chainId?: number } = {}): () => TestChain {
  let chain: TestChain | undefined;
  let folder: string | undefined;

  before(async function () {
    this.timeout(30_000);
    if (!existsSync(program)) {
      console.warn("      ! there is no anvil for this platform: skipped");
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-anvil-"));
    chain = await createChain(folder);
    await chain.start(options);
  });
  after(async () => {
    await chain?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (chain === undefined) throw new Error("the chain runs during the tests of its `describe`");
    return chain;
  };
}

async function createChain(folder: string): Promise<TestChain> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function rpc<T>(method: string, params: unknown[] = []): Promise<T> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    return ((await response.json()) as { result: T }).result;
  }

  const deployAll = (options: TestDeployment = {}) => deployNodeNexus({ rpcUrl, account: account(0), ...options });

  return {
    rpcUrl,
    rpc,
    deployAll,
    async start({ chainId = 31337 } = {}) {
      const state = join(folder, `${chainId}.json`);
      const args = ["--port", String(port), "--chain-id", String(chainId), "--state", state, "--silent"];
      child = spawn(program, [...args, "--mnemonic", mnemonic], { stdio: "ignore" });
      await until(() => rpc<Hex>("eth_chainId").catch(() => null), Boolean);
    },
    async stop() {
      const running = child;
      child = undefined;
      if (running === undefined || running.exitCode !== null) return;
      const exit = once(running, "exit");
      // At SIGINT anvil writes its state; at SIGTERM it does not.
      running.kill("SIGINT");
      await exit;
    },
    deploy: async (options) => (await deployAll(options)).nodeNexus,
  };
}

/** Calls a function of NodeNexus and waits until it is done. */
export async function transact(chain: TestChain, from: number, request: Record<string, unknown>): Promise<void> {
  const { walletClient, publicClient } = await connect(chain.rpcUrl, account(from));
  const hash = await walletClient.writeContract(request as never);
  const { status } = await publicClient.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error(`${String(request.functionName)} was reverted`);
}
