import { table } from "../../node/cli/table.ts";
import type { Books } from "./books.ts";
import { type Failure, type Load, workKinds } from "./load.ts";
import type { Sample, Trend } from "./samples.ts";

/** How far a soak went, and what it found. */
export interface SoakResult {
  readonly minutes: number;
  /** Whether the second half was long enough for memory to be judged. */
  readonly judged: boolean;
  readonly samples: readonly Sample[];
  readonly trends: readonly Trend[];
  readonly tallies: Load["tallies"];
  readonly failures: readonly Failure[];
  readonly crashesS: readonly number[];
  readonly books: Books;
  /** Sentences; none where all is well. */
  readonly complaints: readonly string[];
}

/** What a process may grow by in an hour, in MB. Objects are exact to some hundred kB; the allocator's pages are not. */
export const limits = { heapMBPerHour: 4, rssMBPerHour: 24, openFilesPerHour: 10 } as const;
/** A line through less than that is a line through the warming up of caches and compilers. */
export const judgedFromMinutes = 20;

export function complaintsOf(result: Omit<SoakResult, "complaints">): string[] {
  const { trends, judged, failures, tallies, books } = result;
  const complaints = failures.map(({ kind, between, atS, error }) => `${kind} ${between} failed at ${atS} s: ${error}`);
  for (const kind of workKinds) if (tallies[kind].done === 0) complaints.push(`no ${kind} was done`);
  if (books.lies > 0) complaints.push(`${books.lies} bills were over their clients' count`);
  if (books.chargedSHM > 0 && books.vouchedSHM === 0) complaints.push("nothing that was charged was vouched for");
  if (!judged) return complaints;
  for (const trend of trends) {
    for (const [key, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const slope = trend[key];
      if (slope !== null && slope > limit) {
        complaints.push(`${trend.node}: ${key} is ${slope.toFixed(1)}, the limit is ${limit}`);
      }
    }
  }
  return complaints;
}

export function reportText({ minutes, judged, trends, tallies, crashesS, books, complaints }: SoakResult): string {
  const number = (value: number | null, digits = 1) => (value === null ? "–" : value.toFixed(digits));
  const memory = table(
    ["node", "MB", "MB/h", "heap MB", "MB/h", "code MB", "files", "files/h", "handles", "peers", "samples from"],
    trends.map(({ node, first, last, ...slopes }) => [
      node,
      `${number(first.rssMB, 0)} → ${number(last.rssMB, 0)}`,
      number(slopes.rssMBPerHour),
      `${number(first.heapMB)} → ${number(last.heapMB)}`,
      number(slopes.heapMBPerHour, 2),
      `${number(first.codeMB)} → ${number(last.codeMB)}`,
      `${first.openFiles ?? "–"} → ${last.openFiles ?? "–"}`,
      number(slopes.openFilesPerHour),
      `${first.handles} → ${last.handles}`,
      `${first.peers} → ${last.peers}`,
      `${first.atS} s`,
    ]),
  );
  const work = table(
    ["work", "done", "late", "interrupted", "failed", "MB", "on lanes", "mean ms"],
    workKinds.map((kind) => {
      const { done, late, interrupted, failed, megabytes, dedicated, totalMs } = tallies[kind];
      const transfers = megabytes > 0 ? [megabytes.toFixed(0), String(dedicated)] : ["–", "–"];
      return [
        kind,
        String(done),
        String(late),
        String(interrupted),
        String(failed),
        ...transfers,
        number(totalMs / done),
      ];
    }),
  );
  const { relayedMB, chargedSHM, vouchedSHM, lies } = books;
  const paid = `Relayed ${relayedMB.toFixed(0)} MB, charged ${chargedSHM.toPrecision(3)} SHM, vouched for ${vouchedSHM.toPrecision(3)}; ${lies} bills over the count.`;
  const verdict = judged
    ? "Slopes are of a line through the second half."
    : `Slopes of ${minutes} minutes say nothing yet, and were not judged: from ${judgedFromMinutes} minutes on they are.`;
  return [
    memory,
    verdict,
    "",
    work,
    `${crashesS.length} crashes.`,
    paid,
    ...complaints.map((text) => `✗ ${text}`),
  ].join("\n");
}

export function toCsv(samples: readonly Sample[]): string {
  const rows = samples.map(({ atS, node, pid, rssMB, heapMB, codeMB, openFiles, handles, peers }) =>
    [atS, node, pid, rssMB.toFixed(2), heapMB.toFixed(2), codeMB.toFixed(2), openFiles ?? "", handles, peers].join(),
  );
  return `${["seconds,node,pid,rss_mb,heap_mb,code_mb,open_files,handles,peers", ...rows].join("\n")}\n`;
}
