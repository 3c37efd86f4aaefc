import type { NodeType } from "../../../node/core/schema.ts";

/** The first and last digits of an ID or address: enough to recognise, never to compare. */
export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

export function shortAddress(multiaddr: string): string {
  return multiaddr.length <= 36 ? multiaddr : `${multiaddr.slice(0, 27)}…${multiaddr.slice(-8)}`;
}

const whole = new Intl.NumberFormat("en");
export const formatNumber = (value: number) => whole.format(value);

/** Wei as SHM, with as many decimals as matter. */
export function formatShm(wei: bigint | string, decimals = 4): string {
  const amount = BigInt(wei);
  const unit = 10n ** 18n;
  const fraction = (amount % unit).toString().padStart(18, "0").slice(0, decimals).replace(/0+$/, "");
  if (amount > 0n && amount < unit && fraction === "") return `< ${10 ** -decimals} SHM`;
  return `${whole.format(amount / unit)}${fraction ? `.${fraction}` : ""} SHM`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** A short span: "3.2 s", "240 ms". */
export function formatMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
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

export function formatTime(ms: number): string {
  return new Date(ms).toLocaleTimeString("en-GB");
}

export function formatDateTime(ms: number): string {
  return new Date(ms).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

export function regionName(region: string): string {
  const words = region.replaceAll("_", " ");
  return region === "asia_pacific" ? "Asia-Pacific" : words.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

const typeNames: Record<NodeType, string> = {
  backbone_auth: "Backbone",
  light_private: "Private",
  light_public: "Public",
};
export const nodeTypeName = (type: NodeType) => typeNames[type];
