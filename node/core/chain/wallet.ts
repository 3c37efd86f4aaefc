import { type Account, createWalletClient, defineChain } from "viem";
import type { Chain } from "./chain.ts";
import { rpc } from "./rpc.ts";

/** Sends an account's transactions to the daemon's chain. */
export function createWallet(chain: Pick<Chain, "chainId" | "rpcUrl">, account: Account) {
  return createWalletClient({
    account,
    chain: defineChain({
      id: chain.chainId,
      name: `chain ${chain.chainId}`,
      nativeCurrency: { name: "SHM", symbol: "SHM", decimals: 18 },
      rpcUrls: { default: { http: [chain.rpcUrl] } },
    }),
    transport: rpc(chain.rpcUrl),
  });
}
