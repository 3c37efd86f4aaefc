import { i18n } from "../text/i18n";

/** The id of each page's `main`. */
export const contentId = "content";

/** The first stop of the Tab key: past header and rooms, to what the page is about. */
export function SkipLink() {
  return (
    <a
      href={`#${contentId}`}
      className="sr-only rounded-md bg-accent px-4 py-2 font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
    >
      {i18n._("Skip to content")}
    </a>
  );
}
