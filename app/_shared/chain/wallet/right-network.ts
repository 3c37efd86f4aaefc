import { getAccount, switchChain } from "wagmi/actions";
import { i18n } from "../../text/i18n.ts";
import { WrongNetworkError } from "../explain";
import type { Network } from "../network";
import { wagmiConfigOf } from "./wagmi-config";

/** Brings the wallet to the daemon's chain, which it is told about if it does not know it. */
export async function ensureRightNetwork(network: Network): Promise<void> {
  const config = wagmiConfigOf(network);
  const { connector } = getAccount(config);
  if (!connector || (await connector.getChainId()) === network.chainId) return;
  const chain = config.chains[0];
  await switchChain(config, {
    chainId: network.chainId,
    addEthereumChainParameter: {
      chainName: chain.name,
      nativeCurrency: chain.nativeCurrency,
      rpcUrls: [network.rpcUrl],
    },
  });
  // A write on the wrong network would silently do nothing: look, do not trust.
  if ((await connector.getChainId()) !== network.chainId) {
    throw new WrongNetworkError(i18n._("Your wallet stayed on another network."));
  }
}
