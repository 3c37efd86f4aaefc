import type { Wallet } from "@rainbow-me/rainbowkit";
import { createConnector } from "wagmi";
import { injected } from "wagmi/connectors";
import { metaMaskIcon } from "./icons";

interface InjectedWindow {
  ethereum?: { isMetaMask?: boolean; providers?: { isMetaMask?: boolean }[] };
}

function isInstalled(): boolean {
  const { ethereum } = window as unknown as InjectedWindow;
  return Boolean(ethereum?.isMetaMask || ethereum?.providers?.some((provider) => provider.isMetaMask));
}

/**
 * MetaMask as a browser extension or inside its own mobile browser. RainbowKit's own definition also brings its SDK and
 * WalletConnect, which call other hosts.
 */
export function metaMaskWallet(): Wallet {
  return {
    id: "metaMask",
    name: "MetaMask",
    rdns: "io.metamask",
    iconUrl: metaMaskIcon,
    iconBackground: "#ffffff",
    // `false` offers "Get MetaMask"; undefined would show a spinner that never ends.
    installed: isInstalled() ? undefined : false,
    downloadUrls: {
      browserExtension: "https://metamask.io/download/",
      chrome: "https://chromewebstore.google.com/detail/metamask/nkbihfbeogaeaoehlefnkodbefgpgknn",
      firefox: "https://addons.mozilla.org/firefox/addon/ether-metamask/",
      mobile: "https://metamask.io/download/",
    },
    createConnector: (details) =>
      createConnector((config) => ({ ...injected({ target: "metaMask" })(config), ...details })),
  };
}
