import type { ReactNode } from "react";
import { cx } from "./cx";

export interface Column<T> {
  title: string;
  /** What the header shows in place of the title, such as a button that sorts. */
  heading?: ReactNode;
  /** How the rows are sorted by it, where they can be. */
  sorted?: "ascending" | "descending" | "none";
  cell: (row: T) => ReactNode;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** Takes a whole line of its row on a phone; others share one. */
  wide?: boolean;
  /** Buttons speak for themselves: a phone shows no title beside them. */
  untitled?: boolean;
}

interface TableProps<T> {
  /** What the rows are, for those who do not see the page. */
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
}

/** Rows and columns on a wide screen; on a phone each row becomes a few lines of named values. */
export function Table<T>({ caption, columns, rows, rowKey }: TableProps<T>) {
  return (
    <table className="w-full border-collapse text-[0.93rem] max-sm:block">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-sm:block max-sm:not-focus-within:sr-only">
        <tr className="max-sm:flex max-sm:flex-wrap">
          {columns.map((column) => (
            <th
              key={column.title}
              scope="col"
              aria-sort={column.sorted}
              className={cx(
                "border-line border-b px-2 py-1.5 font-medium text-muted text-sm first:pl-0 last:pr-0",
                column.numeric ? "text-right" : "text-left",
              )}
            >
              {column.heading ?? column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            className="border-line border-b last:border-b-0 max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-6 max-sm:py-2"
          >
            {columns.map((column) => (
              <td
                key={column.title}
                className={cx(
                  "px-2 py-1.5 align-middle first:pl-0 last:pr-0 max-sm:flex max-sm:justify-between max-sm:gap-4 max-sm:px-0 max-sm:py-0.5",
                  column.numeric && "text-right tabular-nums",
                  column.wide && "max-sm:col-span-2",
                )}
              >
                <span aria-hidden className="text-muted text-sm sm:hidden">
                  {!column.untitled && column.title}
                </span>
                <span className="min-w-0">{column.cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
