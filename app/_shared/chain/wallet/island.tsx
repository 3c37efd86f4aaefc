"use client";

import { i18n } from "../../text/i18n";
import { useLanguage } from "../../text/language";
import "@rainbow-me/rainbowkit/styles.css";
import { ConnectButton as Connection, darkTheme, lightTheme, RainbowKitProvider } from "@rainbow-me/rainbowkit";
import { TriangleAlert, Wallet } from "lucide-react";
import { useEffect } from "react";
import { WagmiContext } from "wagmi";
import { shortHex } from "../../node/format";
import { useTheme } from "../../shell/theme";
import { Button } from "../../ui/button";
import { ConnectButton } from "../connect-button";
import type { Network } from "../network";
import { registerWalletDialog } from "../wallet-bridge";
import { useAccessibleDialogs } from "./accessible-dialogs";
import { wagmiConfigOf } from "./wagmi-config";

const colors = { accentColor: "var(--accent)", accentColorForeground: "var(--accent-ink)" };
const fonts = { body: "var(--font-family)" };
const own = {
  modalBackground: "var(--surface)",
  modalBorder: "var(--line)",
  modalText: "var(--text)",
  modalTextSecondary: "var(--muted)",
  modalTextDim: "var(--muted)",
  profileForeground: "var(--raised)",
  profileAction: "var(--surface)",
  profileActionHover: "var(--surface)",
};
const light = lightTheme({ ...colors, borderRadius: "medium" });
const dark = darkTheme({ ...colors, borderRadius: "medium" });
const themes = {
  light: { ...light, fonts, colors: { ...light.colors, ...own } },
  dark: { ...dark, fonts, colors: { ...dark.colors, ...own } },
};

const appInfo = { appName: "ShadowMesh", learnMoreUrl: "https://ethereum.org/wallets/" };

/** RainbowKit's default draws emoji, which many systems lack. */
function Avatar({ address, size }: { address: string; size: number }) {
  const hue = Number.parseInt(address.slice(2, 8), 16) % 360;
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 10 10">
      <rect width="10" height="10" fill={`hsl(${hue} 55% 45%)`} />
      <path d="M0 10 10 0v10z" fill={`hsl(${(hue + 50) % 360} 60% 60%)`} />
    </svg>
  );
}

/** The wallet code and its one dialog. */
export function WalletIsland({ network }: { network: Network }) {
  const theme = useTheme() ?? "light";
  return (
    <WagmiContext value={wagmiConfigOf(network)}>
      <RainbowKitProvider
        theme={themes[theme]}
        avatar={Avatar}
        modalSize="compact"
        locale={useLanguage()}
        appInfo={appInfo}
      >
        <AccessibleDialogs />
        <Connection.Custom>
          {({ account, chain, openConnectModal, openAccountModal }) =>
            account ? (
              <Button
                onClick={openAccountModal}
                aria-label={i18n._("Wallet {address}", { address: shortHex(account.address) })}
              >
                {chain?.unsupported ? (
                  <TriangleAlert aria-label={i18n._("on another network")} className="size-4 text-warn" />
                ) : (
                  <Wallet aria-hidden className="size-4" />
                )}
                <span className="font-mono text-sm">
                  <span className="max-sm:hidden">{shortHex(account.address)}</span>
                  <span className="sm:hidden">{`…${account.address.slice(-4)}`}</span>
                </span>
              </Button>
            ) : (
              <Disconnected open={openConnectModal} />
            )
          }
        </Connection.Custom>
      </RainbowKitProvider>
    </WagmiContext>
  );
}

function AccessibleDialogs() {
  useAccessibleDialogs();
  return null;
}

function Disconnected({ open }: { open: () => void }) {
  useEffect(() => registerWalletDialog(open), [open]);
  return <ConnectButton onClick={open} />;
}
