import type { RouteOutput } from "../../../node/api/route.ts";
import type { routes } from "../../_shared/node/client";
import { formatMs, shortHex } from "../../_shared/node/format";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer } from "./answer";

export function PingAnswer({ result }: { result: RouteOutput<typeof routes.ping> }) {
  const trips = result.roundTripsMs;
  const mean = trips.reduce((sum, trip) => sum + trip, 0) / trips.length;
  return (
    <Answer title={`Reached ${shortHex(result.peerId)}`}>
      <Facts className="md:grid-cols-2">
        <Fact name="Path">
          {result.relays.length > 0 ? `relayed by ${result.relays.map(shortHex).join(", ")}` : result.path}
        </Fact>
        <Fact name="Connected in">{formatMs(result.connectMs)}</Fact>
        {trips.length > 0 && (
          <>
            <Fact name="Round trip, mean">{formatMs(mean)}</Fact>
            <Fact name="Fastest to slowest">
              {formatMs(Math.min(...trips))} to {formatMs(Math.max(...trips))} ({trips.length} pings)
            </Fact>
          </>
        )}
      </Facts>
    </Answer>
  );
}
