"use client";

import { useState } from "react";
import type { ListedDevice } from "../../../node/backbone/pool/api.ts";
import { formatNumber } from "../../_shared/node/format";
import { TotalsCard } from "../../_shared/pool/totals-card";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { cx } from "../../_shared/ui/cx";
import { later } from "../../_shared/ui/later";
import { Skeleton } from "../../_shared/ui/skeleton";
import { pageSize, useDeviceFilter, useDevices, useTotals } from "../_hooks/use-devices";
import { AdminError } from "./admin-error";
import { DeviceFilters } from "./device-filters";
import { DevicesTable } from "./devices-table";

const DeviceDialog = later(() => import("./device-dialog").then((module) => module.DeviceDialog));

/** The pool's sums, and its devices page by page. */
export function DevicesView({ awake }: { awake: boolean }) {
  const totals = useTotals(awake);
  const { set, ...filter } = useDeviceFilter();
  const pages = usePages(JSON.stringify(filter));
  const { data, error, isPlaceholderData } = useDevices(filter, pages.cursor, awake);
  const [opened, setOpened] = useState<ListedDevice | null>(null);
  // The page goes on being asked for: what is open shows what is known now.
  const shown = data?.nodes.find(({ node }) => node === opened?.node) ?? opened;
  return (
    <>
      {totals.data && <TotalsCard aggregate={totals.data} />}
      <Card title={i18n._("Devices")} aside={data && <Count matching={data.matching} page={pages.number} />}>
        <div className="space-y-4">
          <DeviceFilters
            filter={filter}
            pooledRegions={totals.data?.regions.map(({ region }) => region) ?? []}
            onChange={set}
          />
          <AdminError error={error} />
          {!data && !error && <Skeleton lines={8} />}
          {data && (
            <div aria-busy={isPlaceholderData} className={cx(isPlaceholderData && "opacity-60")}>
              {data.nodes.length === 0 ? (
                <p className="text-muted">
                  {isFiltered(filter) ? i18n._("No device is like that.") : i18n._("No device has registered yet.")}
                </p>
              ) : (
                <DevicesTable devices={data.nodes} filter={filter} onChange={set} onOpen={setOpened} />
              )}
            </div>
          )}
          {data && (pages.number > 0 || data.next !== null) && (
            <div className="flex items-center justify-between gap-3">
              <Button disabled={pages.number === 0} onClick={pages.back}>
                {i18n._("Previous")}
              </Button>
              <span className="text-muted text-sm tabular-nums">
                {i18n._("Page {page} of {count}", {
                  page: pages.number + 1,
                  count: Math.max(pages.number + 1, Math.ceil(data.matching / pageSize)),
                })}
              </span>
              <Button
                disabled={data.next === null || isPlaceholderData}
                onClick={() => data.next !== null && pages.forward(data.next)}
              >
                {i18n._("Next")}
              </Button>
            </div>
          )}
        </div>
      </Card>
      {shown && <DeviceDialog device={shown} onClose={() => setOpened(null)} />}
    </>
  );
}

const isFiltered = ({ region, online, search }: { region: string; online: string; search: string }) =>
  region !== "" || online !== "" || search !== "";

function Count({ matching, page }: { matching: number; page: number }) {
  const first = page * pageSize + 1;
  const last = Math.min(matching, first + pageSize - 1);
  return (
    <span role="status" className="text-muted text-sm tabular-nums">
      {matching === 0
        ? i18n._("none")
        : i18n._("{first} to {last} of {matching}", {
            first: formatNumber(first),
            last: formatNumber(last),
            matching: formatNumber(matching),
          })}
    </span>
  );
}

/** The cursors that led to the page that is shown; none for the first. Another question begins there anew;
 * who takes it back is where he was. */
function usePages(question: string) {
  const [state, setState] = useState<{ question: string; cursors: readonly string[] }>({ question, cursors: [] });
  const cursors = state.question === question ? state.cursors : [];
  return {
    number: cursors.length,
    cursor: cursors.at(-1) ?? "",
    forward: (next: string) => setState({ question, cursors: [...cursors, next] }),
    back: () => setState({ question, cursors: cursors.slice(0, -1) }),
  };
}
