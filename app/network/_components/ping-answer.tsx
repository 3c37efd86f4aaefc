import type { RouteOutput } from "../../../node/api/route.ts";
import type { Routes } from "../../_shared/node/client";
import { formatMs, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer, pathNames } from "./answer";

export function PingAnswer({ result }: { result: RouteOutput<Routes["ping"]> }) {
  const trips = result.roundTripsMs;
  const mean = trips.reduce((sum, trip) => sum + trip, 0) / trips.length;
  return (
    <Answer title={i18n._("Reached {peerId}", { peerId: shortHex(result.peerId) })}>
      <Facts className="md:grid-cols-2">
        <Fact name={i18n._("Path")}>
          {result.relays.length > 0
            ? i18n._("relayed by {relays}", { relays: result.relays.map(shortHex).join(", ") })
            : i18n._(pathNames[result.path])}
        </Fact>
        <Fact name={i18n._("Connected in")}>{formatMs(result.connectMs)}</Fact>
        {trips.length > 0 && (
          <>
            <Fact name={i18n._("Round trip, mean")}>{formatMs(mean)}</Fact>
            <Fact name={i18n._("Fastest to slowest")}>
              {i18n._("{fastest} to {slowest} ({count} pings)", {
                fastest: formatMs(Math.min(...trips)),
                slowest: formatMs(Math.max(...trips)),
                count: trips.length,
              })}
            </Fact>
          </>
        )}
      </Facts>
    </Answer>
  );
}
