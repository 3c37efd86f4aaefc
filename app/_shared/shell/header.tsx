"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { WalletButton } from "../chain/wallet-button";
import { ChainChip } from "./chain-chip";
import { Logo } from "./logo";
import { Navigation } from "./navigation";
import { ThemeToggle } from "./theme-toggle";

const nameClass = "flex items-center gap-2 py-2.5 font-semibold tracking-tight";

export function Header() {
  const ofBackbone = usePathname().startsWith("/admin");
  return (
    <header className="sticky top-0 z-10 border-line border-b bg-surface">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 px-4">
        {ofBackbone ? <BackboneBar /> : <NodeBar />}
      </div>
    </header>
  );
}

/** Of the pages that a daemon serves. */
function NodeBar() {
  return (
    <>
      <Link href="/" aria-label="ShadowMesh" className={nameClass}>
        <Logo />
        ShadowMesh
      </Link>
      <Navigation />
      <div className="ml-auto flex items-center gap-1.5 py-1.5">
        <ChainChip />
        <ThemeToggle />
        <WalletButton />
      </div>
    </>
  );
}

/** Of the page that a backbone serves: there is no node behind it, and no other page beside it. */
function BackboneBar() {
  return (
    <>
      <span className={nameClass}>
        <Logo />
        ShadowMesh backbone
      </span>
      <div className="ml-auto py-1.5">
        <ThemeToggle />
      </div>
    </>
  );
}
