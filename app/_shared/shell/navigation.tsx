"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { sections } from "../sections";
import { cx } from "../ui/cx";

export function Navigation() {
  const path = usePathname();
  return (
    <nav
      aria-label="Main"
      className="max-md:order-last max-md:-mx-4 max-md:w-[calc(100%+2rem)] max-md:border-line max-md:border-t max-md:px-2"
    >
      <ul className="flex max-md:justify-around">
        {sections.map(({ href, title, icon: Icon }) => {
          const active = path === href || path === href.replace(/\/$/, "");
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={active ? "page" : undefined}
                className={cx(
                  "flex items-center gap-2 border-y-2 border-t-transparent px-3 py-3 font-medium text-[0.93rem] max-md:py-2.5",
                  active ? "border-b-accent text-accent" : "border-b-transparent text-muted hover:text-text",
                )}
              >
                <Icon aria-hidden className="size-4" />
                {title}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
