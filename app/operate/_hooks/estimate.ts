/** What a node of the contract was paid by vouchers, and what handing them in cost. */
export interface ComparedNode {
  /** Since when it could be paid; null where that was before `fromMs`. */
  registeredAtMs: number | null;
  paidWei: bigint;
  gasWei: bigint;
}

/** What is on chain about nodes like the one that is offered. */
export interface Realised {
  nodes: readonly ComparedNode[];
  fromMs: number;
  toMs: number;
}

/** What the operator pays, in any one currency; null is not known, and nothing is taken in its place. */
export interface Prices {
  /** What 1 SHM is worth. */
  shm: number | null;
  watts: number | null;
  perKilowattHour: number | null;
  /** For 10^12 bytes, in or out. */
  perTerabyte: number | null;
}

interface Basis {
  /** That could be paid for at least a day. */
  nodes: number;
  /** Of these, those that were paid. */
  paid: number;
  days: number;
}

/** Wei that a node keeps of 30 days: the quarter below, the middle, and the quarter above. */
export interface Range {
  lowWei: bigint;
  middleWei: bigint;
  highWei: bigint;
}

export type Estimate = Basis &
  (
    | { kind: "too-little"; paidWei: bigint; gasWei: bigint }
    | { kind: "range"; before: Range; after: Range; gasWei: bigint; costs: Costs }
  );

/** Of 30 days of a node in the middle. */
export interface Costs {
  /** In the operator's currency; null where it is not known. */
  power: number | null;
  traffic: number | null;
  /** Whether they are taken off: money and SHM go together only where it is known what 1 SHM is worth. */
  subtracted: boolean;
}

/** Fewer say more about chance than about the network. */
export const fewestNodes = 5;
export const fewestDays = 7;
const dayMs = 86_400_000;
const monthDays = 30;
const monthHours = monthDays * 24;

/**
 * What nodes like this one kept of 30 days, as a range of quartiles. All of them count, also those that nobody paid: a
 * mean of the lucky ones would promise too much.
 */
export function estimate({ nodes, fromMs, toMs }: Realised, priceWeiPerGiB: bigint, prices: Prices): Estimate {
  const days = (toMs - fromMs) / dayMs;
  const seen = nodes
    .map((node) => ({ ...node, days: (toMs - Math.max(fromMs, node.registeredAtMs ?? fromMs)) / dayMs }))
    .filter((node) => node.days >= 1);
  const basis = { nodes: seen.length, paid: seen.filter(({ paidWei }) => paidWei > 0n).length, days: Math.floor(days) };
  if (seen.length < fewestNodes || days < fewestDays) {
    return { ...basis, kind: "too-little", paidWei: sum(nodes, "paidWei"), gasWei: sum(nodes, "gasWei") };
  }
  const months = seen.map((node) => {
    const perMonth = (wei: bigint) => (Number(wei) * monthDays) / node.days;
    return { paid: perMonth(node.paidWei), gas: perMonth(node.gasWei) };
  });
  const power = powerOf(prices);
  const inShm = (money: number | null) => (money === null || !prices.shm ? 0 : (money / prices.shm) * 1e18);
  const trafficOf = (paid: number) =>
    prices.perTerabyte === null || priceWeiPerGiB === 0n
      ? null
      : // What is relayed comes in and goes out again.
        ((paid / Number(priceWeiPerGiB)) * 2 ** 30 * 2 * prices.perTerabyte) / 1e12;
  const kept = months.map(({ paid, gas }) => paid - gas - inShm(power) - inShm(trafficOf(paid)));
  return {
    ...basis,
    kind: "range",
    before: quartiles(months.map(({ paid }) => paid)),
    after: quartiles(kept),
    gasWei: toWei(middleOf(months.map(({ gas }) => gas))),
    costs: { power, traffic: trafficOf(middleOf(months.map(({ paid }) => paid))), subtracted: Boolean(prices.shm) },
  };
}

function powerOf({ watts, perKilowattHour }: Prices): number | null {
  return watts === null || perKilowattHour === null ? null : (watts / 1_000) * monthHours * perKilowattHour;
}

function sum(nodes: readonly ComparedNode[], name: "paidWei" | "gasWei"): bigint {
  return nodes.reduce((total, node) => total + node[name], 0n);
}

function quartiles(values: readonly number[]): Range {
  const sorted = values.toSorted((a, b) => a - b);
  const [lowWei, middleWei, highWei] = [0.25, 0.5, 0.75].map((part) => toWei(quantile(sorted, part)));
  return { lowWei: lowWei ?? 0n, middleWei: middleWei ?? 0n, highWei: highWei ?? 0n };
}

const middleOf = (values: readonly number[]) =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** Between two values, in proportion (Hyndman and Fan's definition 7, as spreadsheets have it). */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const [below = 0, above = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}

const toWei = (wei: number) => BigInt(Math.round(wei));
