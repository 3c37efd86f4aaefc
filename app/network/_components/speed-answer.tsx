import type { RouteOutput } from "../../../node/api/route.ts";
import type { routes } from "../../_shared/node/client";
import { formatBytes, formatMs, shortHex } from "../../_shared/node/format";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer } from "./answer";

export function SpeedAnswer({ result }: { result: RouteOutput<typeof routes.throughput> }) {
  const megabitsPerSecond = (result.bytes * 8) / 1_000 / Math.max(result.elapsedMs, 1);
  return (
    <Answer title={`Moved ${formatBytes(result.bytes)} to ${shortHex(result.peerId)}`}>
      <Facts className="md:grid-cols-2">
        <Fact name="Speed">
          {megabitsPerSecond.toFixed(megabitsPerSecond < 10 ? 1 : 0)} Mbit/s in {formatMs(result.elapsedMs)}
        </Fact>
        <Fact name="Path">
          {result.relays.length > 0 ? `relayed by ${result.relays.map(shortHex).join(", ")}` : result.path},{" "}
          {result.dedicated ? "on a connection of its own" : "on the shared connection"}
        </Fact>
        <Fact name="SHA-256 at the far end">
          <CopyText text={result.sha256} shown={shortHex(result.sha256)} what="hash" />
        </Fact>
      </Facts>
    </Answer>
  );
}
