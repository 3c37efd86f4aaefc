"use client";

import { Ellipsis } from "lucide-react";
import { usePathname } from "next/navigation";
import { type Section, sections } from "../sections";
import { i18n } from "../text/i18n";
import { LanguageSelect } from "../text/language-select";
import { cx } from "../ui/cx";
import { Link } from "../ui/link";
import { setPaletteOpen } from "./palette-state";

/** Rooms at the lower edge of a phone; what is beside them is one press further. */
const roomsOnPhone = 4;

/** The rooms, one below the other: at the side of a wide screen. */
export function SideNavigation() {
  const active = useActive();
  return (
    <nav
      aria-label={i18n._("Main")}
      className="sticky top-14 h-[calc(100dvh-3.5rem)] flex flex-col justify-between gap-4 overflow-y-auto border-line border-r py-4 pr-3 max-lg:hidden"
    >
      <ul className="space-y-0.5">
        {sections.map(({ href, title, icon: Icon }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={active(href)}
              className={cx(
                "flex items-center gap-2.5 rounded-md px-3 py-2 font-medium text-[0.93rem]",
                active(href) ? "bg-accent-soft text-accent" : "text-muted hover:bg-raised hover:text-text",
              )}
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              {i18n._(title)}
            </Link>
          </li>
        ))}
      </ul>
      <LanguageSelect />
    </nav>
  );
}

/** The first rooms under the thumb, and a button to all of them: on a phone or a narrow window. */
export function BottomNavigation() {
  const active = useActive();
  const shown = sections.slice(0, roomsOnPhone);
  const elsewhere = !shown.some(({ href }) => active(href)) && sections.some(({ href }) => active(href));
  return (
    <nav
      aria-label={i18n._("Main")}
      className="fixed inset-x-0 bottom-0 z-10 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      <ul className="mx-auto grid max-w-lg grid-cols-5">
        {shown.map(({ href, title, icon: Icon }) => (
          <li key={href}>
            <Link href={href} aria-current={active(href)} className={tabClass(active(href) !== undefined)}>
              <Icon aria-hidden className="size-5" />
              {i18n._(title)}
            </Link>
          </li>
        ))}
        <li>
          <button
            type="button"
            aria-haspopup="dialog"
            onClick={() => setPaletteOpen(true)}
            className={cx(tabClass(elsewhere), "w-full")}
          >
            <Ellipsis aria-hidden className="size-5" />
            {i18n._("More")}
          </button>
        </li>
      </ul>
    </nav>
  );
}

const tabClass = (active: boolean) =>
  cx(
    "flex min-h-14 flex-col items-center justify-center gap-0.5 font-medium text-xs -outline-offset-2",
    active ? "text-accent" : "text-muted",
  );

/** Whether a room, or a page inside of it, is on screen. */
function useActive(): (href: Section["href"]) => "page" | undefined {
  const path = `${usePathname().replace(/\/$/, "")}/`;
  return (href) => ((href === "/" ? path === "/" : path.startsWith(href)) ? "page" : undefined);
}
