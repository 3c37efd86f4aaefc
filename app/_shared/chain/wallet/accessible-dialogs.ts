"use client";

import { useAccountModal, useConnectModal } from "@rainbow-me/rainbowkit";
import { useEffect } from "react";
import { i18n } from "../../text/i18n";

/**
 * Mends what RainbowKit's dialogs leave out for those who do not see the page: the icon beside a wallet's name is an
 * image without a name, the account's dialog is labelled by a heading that is not there, and the blurred icons behind
 * "Get MetaMask" scroll, which no key does.
 */
export function useAccessibleDialogs(): void {
  const { connectModalOpen } = useConnectModal();
  const { accountModalOpen } = useAccountModal();
  const open = connectModalOpen || accountModalOpen;
  useEffect(() => {
    if (!open) return;
    mend();
    // The connect dialog changes what it shows.
    const observer = new MutationObserver(mend);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [open]);
}

function mend(): void {
  for (const image of document.querySelectorAll("[data-rk] [role=img]:not([aria-label], [aria-hidden])"))
    image.setAttribute("aria-hidden", "true");
  for (const blurred of document.querySelectorAll<HTMLElement>('[data-rk] [style*="blur("]'))
    blurred.style.overflow = "hidden";
  for (const dialog of document.querySelectorAll("[data-rk][role=dialog]:not([aria-label])")) {
    const heading = dialog.getAttribute("aria-labelledby");
    if (heading === null || document.getElementById(heading) === null)
      dialog.setAttribute("aria-label", i18n._("Wallet"));
  }
}
