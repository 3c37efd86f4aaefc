import type { RouteOutput } from "../../../node/api/route.ts";
import type { Routes } from "../../_shared/node/client";
import { formatBytes, formatMs, formatNumber, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer, pathNames } from "./answer";

export function SpeedAnswer({ result }: { result: RouteOutput<Routes["throughput"]> }) {
  const megabitsPerSecond = (result.bytes * 8) / 1_000 / Math.max(result.elapsedMs, 1);
  const path =
    result.relays.length > 0
      ? i18n._("relayed by {relays}", { relays: result.relays.map(shortHex).join(", ") })
      : i18n._(pathNames[result.path]);
  return (
    <Answer
      title={i18n._("Moved {bytes} to {peerId}", { bytes: formatBytes(result.bytes), peerId: shortHex(result.peerId) })}
    >
      <Facts className="md:grid-cols-2">
        <Fact name={i18n._("Speed")}>
          {i18n._("{megabitsPerSecond} Mbit/s in {elapsedMs}", {
            megabitsPerSecond: formatNumber(megabitsPerSecond, megabitsPerSecond < 10 ? 1 : 0),
            elapsedMs: formatMs(result.elapsedMs),
          })}
        </Fact>
        <Fact name={i18n._("Path")}>
          {result.dedicated
            ? i18n._("{path}, on a connection of its own", { path })
            : i18n._("{path}, on the shared connection", { path })}
        </Fact>
        <Fact name={i18n._("SHA-256 at the far end")}>
          <CopyText text={result.sha256} shown={shortHex(result.sha256)} what={i18n._("hash")} />
        </Fact>
      </Facts>
    </Answer>
  );
}
