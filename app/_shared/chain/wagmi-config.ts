import { connectorsForWallets } from "@rainbow-me/rainbowkit";
import { defineChain, http } from "viem";
import { type Config, createConfig } from "wagmi";
import { reconnect } from "wagmi/actions";
import { i18n } from "../text/i18n.ts";
import { developmentWallet } from "./development-wallet";
import { metaMaskWallet } from "./metamask";
import { chainName, type Network } from "./network";

const configs = new Map<string, Config>();

/**
 * One configuration per chain and page, whoever asks: connections live in it. It goes into `WagmiContext` as it is;
 * wagmi's own provider would reconnect, or forget the connection, at each render of each island.
 */
export function wagmiConfigOf(network: Network): Config {
  const key = `${network.chainId} ${network.rpcUrl}`;
  const known = configs.get(key);
  if (known) return known;
  const config = createWagmiConfig(network);
  configs.set(key, config);
  void reconnect(config);
  return config;
}

function createWagmiConfig({ chainId, rpcUrl, development }: Network): Config {
  const chain = defineChain({
    id: chainId,
    name: chainName({ chainId, development }),
    nativeCurrency: { name: "ShadowMesh", symbol: "SHM", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
    testnet: development,
  });
  const groups = [{ groupName: i18n._("Wallets"), wallets: [metaMaskWallet] }];
  if (development)
    groups.push({ groupName: i18n._("Development chain only"), wallets: [() => developmentWallet(rpcUrl)] });
  return createConfig({
    chains: [chain],
    // RainbowKit wants a WalletConnect project; without a WalletConnect wallet nothing reads it.
    connectors: connectorsForWallets(groups, { appName: "ShadowMesh", projectId: "none" }),
    transports: { [chainId]: http(rpcUrl, { retryCount: 1, timeout: 10_000 }) },
    pollingInterval: development ? 500 : 4_000,
  });
}
