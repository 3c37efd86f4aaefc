import Link from "next/link";
import { WalletButton } from "../chain/wallet-button";
import { ChainChip } from "./chain-chip";
import { Logo } from "./logo";
import { Navigation } from "./navigation";
import { ThemeToggle } from "./theme-toggle";

export function Header() {
  return (
    <header className="sticky top-0 z-10 border-line border-b bg-surface">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 px-4">
        <Link href="/" aria-label="ShadowMesh" className="flex items-center gap-2 py-2.5 font-semibold tracking-tight">
          <Logo />
          ShadowMesh
        </Link>
        <Navigation />
        <div className="ml-auto flex items-center gap-1.5 py-1.5">
          <ChainChip />
          <ThemeToggle />
          <WalletButton />
        </div>
      </div>
    </header>
  );
}
