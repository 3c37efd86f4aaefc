import { replaceAddresses } from "../core/log/index.ts";

const urls = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]}]+/gi;

/** Keys stand in paths, queries and before the host: of a URL only its scheme and host stay. */
function withoutKeys(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const more = parsed.pathname.length > 1 || parsed.search !== "" || parsed.username !== "" ? "/…" : "";
  return `${parsed.protocol}//${parsed.host}${more}`;
}

/**
 * A copy of a JSON value in which each IP address has become `address-1`, `address-2` and so on, the same one each time,
 * a folder `~`, and of a URL only scheme and host are left: a report tells what talks to what, and not where people live.
 */
export function createAnonymous(folders: readonly string[]): <T>(value: T) => T {
  const names = new Map<string, string>();
  const nameOf = (address: string) => {
    const known = names.get(address) ?? `address-${names.size + 1}`;
    names.set(address, known);
    return known;
  };
  const inText = (text: string) =>
    replaceAddresses(
      folders
        .toSorted((a, b) => b.length - a.length)
        .reduce((left, folder) => left.replaceAll(folder, "~"), text)
        .replace(urls, withoutKeys),
      nameOf,
    );
  const copy = (value: unknown): unknown => {
    if (typeof value === "string") return inText(value);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [inText(key), copy(inner)]));
  };
  return <T>(value: T) => copy(value) as T;
}
