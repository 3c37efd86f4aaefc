"use client";

import { useAccountModal, useConnectModal } from "@rainbow-me/rainbowkit";
import { useEffect } from "react";

const nameless = "[data-rk] [role=img]:not([aria-label], [aria-hidden])";

/**
 * RainbowKit's dialogs give the role of an image, and no name, to the icon that stands beside a wallet's name: who does
 * not see the page is spared it.
 */
export function useDecorativeImages(): void {
  const { connectModalOpen } = useConnectModal();
  const { accountModalOpen } = useAccountModal();
  const open = connectModalOpen || accountModalOpen;
  useEffect(() => {
    if (!open) return;
    const hide = () => {
      for (const image of document.querySelectorAll(nameless)) image.setAttribute("aria-hidden", "true");
    };
    hide();
    const observer = new MutationObserver(hide);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [open]);
}
