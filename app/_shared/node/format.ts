import type { NodeType } from "../../../node/core/schema.ts";
import type { regions } from "../../../node/core/vocabulary.ts";
import { i18n } from "../text/i18n.ts";

/** The first and last digits of an ID or address: enough to recognise, never to compare. */
export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

export function shortAddress(multiaddr: string): string {
  return multiaddr.length <= 36 ? multiaddr : `${multiaddr.slice(0, 27)}…${multiaddr.slice(-8)}`;
}

const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(least: number, most: number): Intl.NumberFormat {
  const key = `${i18n.locale} ${least} ${most}`;
  const known = numberFormats.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat(i18n.locale, { minimumFractionDigits: least, maximumFractionDigits: most });
  numberFormats.set(key, format);
  return format;
}

const inLanguage = (value: number | bigint, least: number, most: number) => numberFormat(least, most).format(value);

/** In the reader's language: "1,234.5" or "1.234,5"; with up to three decimals, or with so many. */
export const formatNumber = (value: number | bigint, decimals?: number) =>
  inLanguage(value, decimals ?? 0, decimals ?? 3);

/** With as many decimals as it has, or with so many. */
export const formatPercent = (percent: number, decimals?: number) =>
  `${inLanguage(percent, decimals ?? 0, decimals ?? 20)} %`;

/** A part in 1/100 %, as the contracts keep it. */
export const formatBps = (bps: number) => formatPercent(bps / 100);

/** What stands before the decimals of a number, and between its thousands, in the reader's language. */
export function separators(): { decimal: string; group: string } {
  const parts = numberFormat(0, 3).formatToParts(12_345.6);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return { decimal: of("decimal"), group: of("group") };
}

/** Wei as SHM, with as many decimals as matter. */
export function formatShm(wei: bigint | string, decimals = 4): string {
  const amount = BigInt(wei);
  const unit = 10n ** 18n;
  const fraction = (amount % unit).toString().padStart(18, "0").slice(0, decimals).replace(/0+$/, "");
  if (amount > 0n && amount < unit && fraction === "") return `< ${formatNumber(10 ** -decimals, decimals)} SHM`;
  return `${formatNumber(amount / unit)}${fraction ? `${separators().decimal}${fraction}` : ""} SHM`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? formatNumber(value, 1) : Math.round(value)} ${units[power]}`;
}

/** A short span: "3.2 s", "240 ms". */
export function formatMs(ms: number): string {
  if (ms < 10) return `${formatNumber(ms, 1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${formatNumber(ms / 1_000, 1)} s`;
  return formatDuration(ms);
}

/** A long span in its two largest units: "6 d 4 h", "3 min 20 s", "7 d". */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

/** English as most of the world writes its dates: "22 Nov 2026, 09:30". */
const dateLocale = () => (i18n.locale === "en" ? "en-GB" : i18n.locale);

export function formatTime(ms: number): string {
  return new Date(ms).toLocaleTimeString(dateLocale());
}

export function formatDate(ms: number): string {
  return new Date(ms).toLocaleDateString(dateLocale(), { dateStyle: "medium" });
}

export function formatDateTime(ms: number): string {
  return new Date(ms).toLocaleString(dateLocale(), { dateStyle: "medium", timeStyle: "short" });
}

/** The regions that the contract starts with; governance may add others. */
const regionNames: Record<string, string> = {
  north_america: /*i18n*/ "North America",
  south_america: /*i18n*/ "South America",
  europe: /*i18n*/ "Europe",
  africa: /*i18n*/ "Africa",
  middle_east: /*i18n*/ "Middle East",
  asia_pacific: /*i18n*/ "Asia-Pacific",
  oceania: /*i18n*/ "Oceania",
} satisfies Record<(typeof regions)[number], string>;

export function regionName(region: string): string {
  const known = regionNames[region];
  if (known) return i18n._(known);
  return region.replaceAll("_", " ").replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

const typeNames: Record<NodeType, string> = {
  backbone_auth: /*i18n*/ "Backbone",
  light_private: /*i18n*/ "Private",
  light_public: /*i18n*/ "Public",
};
export const nodeTypeName = (type: NodeType) => i18n._(typeNames[type]);
