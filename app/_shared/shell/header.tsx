import type { ReactNode } from "react";
import { TransactionsTray } from "../chain/transactions/tray";
import { WalletButton } from "../chain/wallet-button";
import { Bell } from "../notifications/bell";
import { i18n } from "../text/i18n";
import { LanguageSelect } from "../text/language-select";
import { Link } from "../ui/link";
import { ChainChip } from "./chain-chip";
import { Logo } from "./logo";
import { PaletteButton } from "./palette-button";
import { ThemeToggle } from "./theme-toggle";

const nameClass = "flex items-center gap-2 font-semibold tracking-tight";

/** Of the pages that a daemon serves. */
export function NodeHeader() {
  return (
    <Bar>
      <Link href="/" aria-label="ShadowMesh" className={nameClass}>
        <Logo />
        <span className="max-sm:hidden">ShadowMesh</span>
      </Link>
      <div className="ml-auto flex items-center gap-1.5">
        <ChainChip />
        <Bell />
        <PaletteButton />
        <ThemeToggle />
        <TransactionsTray />
        <WalletButton />
      </div>
    </Bar>
  );
}

/** Of the page that a backbone serves: there is no node behind it, and no other page beside it. */
export function BackboneHeader() {
  return (
    <Bar>
      <span className={nameClass}>
        <Logo />
        {i18n._("ShadowMesh backbone")}
      </span>
      <div className="ml-auto flex items-center gap-3">
        <div className="max-sm:hidden">
          <LanguageSelect />
        </div>
        <ThemeToggle />
      </div>
    </Bar>
  );
}

function Bar({ children }: { children: ReactNode }) {
  return (
    <header className="sticky top-0 z-10 h-14 border-line border-b bg-surface">
      <div className="mx-auto flex h-full max-w-[84rem] items-center gap-x-4 px-4">{children}</div>
    </header>
  );
}
