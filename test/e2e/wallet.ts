import type { Page } from "@playwright/test";
import { createWalletClient, defineChain, type Hex, hexToBigInt, http } from "viem";
import type { HDAccount } from "viem/accounts";

interface RpcError {
  code: number;
  message: string;
}
type Answer = { result: unknown } | { error: RpcError };
interface Call {
  method: string;
  params?: unknown[];
}

/** A wallet that a page takes for MetaMask (EIP-6963, rdns io.metamask). Keys and decisions stay in the test. */
export interface TestWallet {
  readonly account: HDAccount;
  /** Methods that its owner declines. */
  readonly rejects: Set<string>;
  /** Methods that fail, and how. */
  readonly fails: Map<string, RpcError>;
  /** Methods called, in order. */
  readonly calls: string[];
  readonly chainId: number;
  /** Its owner chooses another network in the wallet itself. */
  chooseChain(chainId: number): Promise<void>;
  /** The wallet locks itself: pages see no account until somebody connects again. */
  lock(): Promise<void>;
}

/** Installs the wallet in a page before it loads. `rpcUrl` serves the development chain, `chainId` is where it starts. */
export async function installWallet(
  page: Page,
  { account, rpcUrl, chainId }: { account: HDAccount; rpcUrl: string; chainId: number },
): Promise<TestWallet> {
  let connected = false;
  let currentChainId = chainId;
  const wallet: TestWallet = {
    account,
    rejects: new Set(),
    fails: new Map(),
    calls: [],
    get chainId() {
      return currentChainId;
    },
    async chooseChain(id) {
      await switchTo(id);
    },
    async lock() {
      connected = false;
      await page.evaluate(() => window.dispatchEvent(new CustomEvent("test-wallet-accounts", { detail: [] })));
    },
  };

  const forward = async ({ method, params = [] }: Call): Promise<Answer> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await response.json()) as Answer;
  };

  const switchTo = async (id: number): Promise<Answer> => {
    currentChainId = id;
    await page.evaluate(
      (hex) => window.dispatchEvent(new CustomEvent("test-wallet-chain", { detail: hex })),
      toHex(id),
    );
    return { result: null };
  };

  const send = async (transaction: { to: Hex; data?: Hex; value?: Hex; gas?: Hex }): Promise<Answer> => {
    const chain = defineChain({
      id: wallet.chainId,
      name: "test",
      nativeCurrency: { name: "SHM", symbol: "SHM", decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    });
    const client = createWalletClient({ account, chain, transport: http() });
    const { to, data, value, gas } = transaction;
    const amounts = { value: value && hexToBigInt(value), gas: gas && hexToBigInt(gas) };
    return {
      result: await client.sendTransaction({ to, data, ...amounts } as Parameters<typeof client.sendTransaction>[0]),
    };
  };

  const answer = async (call: Call): Promise<Answer> => {
    const { method, params = [] } = call;
    wallet.calls.push(method);
    if (wallet.rejects.has(method)) return failed(4001, "User rejected the request.");
    const failure = wallet.fails.get(method);
    if (failure) return { error: failure };
    switch (method) {
      case "eth_requestAccounts":
        connected = true;
        return { result: [account.address] };
      case "eth_accounts":
        return { result: connected ? [account.address] : [] };
      case "wallet_requestPermissions":
        connected = true;
        return { result: [{ parentCapability: "eth_accounts" }] };
      case "wallet_getPermissions":
        return { result: connected ? [{ parentCapability: "eth_accounts" }] : [] };
      case "wallet_revokePermissions":
        connected = false;
        return { result: null };
      case "eth_chainId":
        return { result: toHex(wallet.chainId) };
      case "net_version":
        return { result: String(wallet.chainId) };
      case "wallet_switchEthereumChain": {
        const id = Number((params[0] as { chainId: Hex }).chainId);
        // A chain that MetaMask does not know has to be added first.
        return id === 31337 && !wallet.calls.includes("wallet_addEthereumChain")
          ? failed(4902, "Unrecognized chain ID.")
          : switchTo(id);
      }
      case "wallet_addEthereumChain":
        return switchTo(Number((params[0] as { chainId: Hex }).chainId));
      case "personal_sign":
        return { result: await account.signMessage({ message: { raw: params[0] as Hex } }) };
      case "eth_sendTransaction":
        return send(params[0] as Parameters<typeof send>[0]);
      default:
        return method.startsWith("wallet_") ? failed(4200, `Unsupported method ${method}.`) : forward(call);
    }
  };

  await page.exposeFunction("testWalletRequest", (call: Call) =>
    answer(call).catch((error: unknown) => failed(-32603, String(error))),
  );
  await page.addInitScript(announce);
  return wallet;
}

/** Runs in the page. */
function announce(): void {
  const bridge = window as unknown as { testWalletRequest(call: Call): Promise<Answer> };
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const provider = {
    isMetaMask: true,
    async request(call: Call) {
      const answered = await bridge.testWalletRequest(JSON.parse(JSON.stringify(call)));
      if ("error" in answered) throw Object.assign(new Error(answered.error.message), answered.error);
      return answered.result;
    },
    on(event: string, listener: (value: unknown) => void) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return provider;
    },
    removeListener(event: string, listener: (value: unknown) => void) {
      listeners.get(event)?.delete(listener);
      return provider;
    },
  };
  window.addEventListener("test-wallet-chain", (event) => {
    for (const listener of listeners.get("chainChanged") ?? []) listener((event as CustomEvent).detail);
  });
  window.addEventListener("test-wallet-accounts", (event) => {
    for (const listener of listeners.get("accountsChanged") ?? []) listener((event as CustomEvent).detail);
  });
  const icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Crect width='28' height='28' fill='%23f6851b'/%3E%3C/svg%3E";
  const info = { uuid: "350670db-19fa-4704-a166-e52e178b59d2", name: "MetaMask", icon, rdns: "io.metamask" };
  const detail = Object.freeze({ info, provider });
  const tell = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  Object.assign(window, { ethereum: provider });
  window.addEventListener("eip6963:requestProvider", tell);
  tell();
}

function toHex(chainId: number): Hex {
  return `0x${chainId.toString(16)}`;
}

function failed(code: number, message: string): Answer {
  return { error: { code, message } };
}
