import type { Setting } from "../../../node/api/settings.ts";
import { formatNumber } from "../../_shared/node/format.ts";
import { i18n } from "../../_shared/text/i18n.ts";
import { maxBandwidthMbps } from "./use-offer.ts";

/** Another cap for a part of the day, by the clock of the daemon's machine. */
export interface Times {
  /** "22:30" */
  from: string;
  /** Earlier than `from` where it is on the next day. */
  to: string;
  /** Mbit/s; NaN for no cap. */
  mbps: number;
}

/** What relaying may use, in both directions together. */
export interface RelayLimits {
  /** Mbit/s, for all peers together; NaN for no cap. */
  total: number;
  /** Mbit/s, for each peer; NaN for no cap. */
  perPeer: number;
  /** The first that holds goes before `total`. */
  schedule: readonly Times[];
}

/** Where each of them stands in the daemon's options, all in section `relay`. */
export const limitOptions = {
  total: "maxBytesPerSecond",
  perPeer: "maxBytesPerSecondPerPeer",
  schedule: "schedule",
} as const satisfies Record<keyof RelayLimits, string>;
type LimitName = keyof RelayLimits;
const names = Object.keys(limitOptions) as LimitName[];

/** The daemon takes no less than 1,024 bytes a second. */
export const leastMbps = 0.01;
const bytesPerMbit = 125_000;

export type LimitSettings = Record<LimitName, Setting>;

/** Of all options those that these limits are kept in; null where the daemon has not all of them. */
export function limitSettings(settings: readonly Setting[]): LimitSettings | null {
  const found = names.map((name) => [
    name,
    settings.find((setting) => setting.section === "relay" && setting.name === limitOptions[name]),
  ]);
  return found.every(([, setting]) => setting !== undefined) ? (Object.fromEntries(found) as LimitSettings) : null;
}

interface Entry {
  from: string;
  to: string;
  maxBytesPerSecond: number | null;
}

/** What is set: the values with which the daemon will run when it is started again. */
export function limitsOf({ total, perPeer, schedule }: LimitSettings): RelayLimits {
  return {
    total: toMbps(total.next as number | null),
    perPeer: toMbps(perPeer.next as number | null),
    schedule: (schedule.next as Entry[]).map(({ from, to, maxBytesPerSecond }) => ({
      from,
      to,
      mbps: toMbps(maxBytesPerSecond),
    })),
  };
}

const toMbps = (bytesPerSecond: number | null) =>
  bytesPerSecond === null ? Number.NaN : bytesPerSecond / bytesPerMbit;
const toBytes = (mbps: number) => (Number.isNaN(mbps) ? null : Math.round(mbps * bytesPerMbit));

/** The value that the daemon keeps of a limit. */
function optionValue(limits: RelayLimits, name: LimitName): number | null | Entry[] {
  if (name !== "schedule") return toBytes(limits[name]);
  return limits.schedule.map(({ from, to, mbps }) => ({ from, to, maxBytesPerSecond: toBytes(mbps) }));
}

export interface LimitChange {
  section: "relay";
  name: string;
  value: unknown;
  /** In words, for the review. */
  title: string;
  before: string;
  after: string;
}

/** The options that are to be written, each as it was and as it will be. */
export function limitChanges(before: RelayLimits, after: RelayLimits): LimitChange[] {
  return names
    .filter((name) => JSON.stringify(optionValue(before, name)) !== JSON.stringify(optionValue(after, name)))
    .map((name) => ({
      section: "relay",
      name: limitOptions[name],
      value: optionValue(after, name),
      title: i18n._(titles[name]),
      before: describe(before, name),
      after: describe(after, name),
    }));
}

export const titles: Record<LimitName, string> = {
  total: /*i18n*/ "All peers together",
  perPeer: /*i18n*/ "Each peer",
  schedule: /*i18n*/ "At other times",
};

function describe(limits: RelayLimits, name: LimitName): string {
  if (name !== "schedule") return capText(limits[name]);
  const entries = limits.schedule.map(({ from, to, mbps }) => `${from}–${to}: ${capText(mbps)}`);
  return entries.join(", ") || i18n._("the same");
}

const capText = (mbps: number) =>
  Number.isNaN(mbps) ? i18n._("no cap") : i18n._("{value} Mbit/s", { value: formatNumber(mbps) });

const timePattern = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with a cap; null where nothing is. */
export function capError(mbps: number): string | null {
  if (Number.isNaN(mbps) || (mbps >= leastMbps && mbps <= maxBandwidthMbps)) return null;
  return i18n._("Enter {least} to {most} Mbit/s, or nothing for no cap.", {
    least: formatNumber(leastMbps),
    most: formatNumber(maxBandwidthMbps),
  });
}

export const timeError = (time: string) => (timePattern.test(time) ? null : i18n._("Enter a time of day."));

export function hasErrors({ total, perPeer, schedule }: RelayLimits): boolean {
  const caps = [total, perPeer, ...schedule.map(({ mbps }) => mbps)];
  const times = schedule.flatMap(({ from, to }) => [from, to]);
  return caps.some((mbps) => capError(mbps) !== null) || times.some((time) => timeError(time) !== null);
}
