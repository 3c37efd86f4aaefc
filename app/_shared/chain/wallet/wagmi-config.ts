import type { Wallet } from "@rainbow-me/rainbowkit";
import { defineChain, http } from "viem";
import { type Config, type CreateConnectorFn, createConfig } from "wagmi";
import { type GetAccountReturnType, getAccount, reconnect, watchAccount } from "wagmi/actions";
import { i18n } from "../../text/i18n.ts";
import { chainName, type Network } from "../network";
import { tellAccount } from "../wallet-bridge";
import { developmentWallet } from "./development-wallet";
import { metaMaskWallet } from "./metamask";

const configs = new Map<string, Config>();

/**
 * One configuration per chain and page, whoever asks: connections live in it. It goes into `WagmiContext` as it is;
 * wagmi's own provider would reconnect, or forget the connection, at each render.
 */
export function wagmiConfigOf(network: Network): Config {
  const key = `${network.chainId} ${network.rpcUrl}`;
  const known = configs.get(key);
  if (known) return known;
  const config = createWagmiConfig(network);
  configs.set(key, config);
  const tell = ({ address, chainId, connector, isConnected, isReconnecting }: GetAccountReturnType<Config>) =>
    tellAccount({ address, chainId, name: connector?.name, isConnected, isReconnecting });
  watchAccount(config, { onChange: tell });
  void reconnect(config).finally(() => tell(getAccount(config)));
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
  const wallets: [groupName: string, wallet: Wallet][] = [[i18n._("Wallets"), metaMaskWallet()]];
  if (development) wallets.push([i18n._("Development chain only"), developmentWallet(rpcUrl)]);
  return createConfig({
    chains: [chain],
    connectors: wallets.map(connectorOf),
    transports: { [chainId]: http(rpcUrl, { retryCount: 1, timeout: 10_000 }) },
    pollingInterval: development ? 500 : 4_000,
  });
}

/**
 * A connector with what RainbowKit's dialog shows of its wallet. What RainbowKit brings for this would bring the dialog as
 * well, and that is loaded when somebody opens it.
 */
function connectorOf([groupName, wallet]: [string, Wallet], index: number): CreateConnectorFn {
  const { createConnector, ...details } = wallet;
  return createConnector({
    rkDetails: { ...details, index, groupIndex: index + 1, groupName, isRainbowKitConnector: true },
  });
}
