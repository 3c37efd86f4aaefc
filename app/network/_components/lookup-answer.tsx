import type { LookupResult } from "../../../node/services/discovery/api.ts";
import {
  formatDateTime,
  formatMs,
  formatNumber,
  nodeTypeName,
  regionName,
  shortAddress,
  shortHex,
} from "../../_shared/node/format";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer } from "./answer";

const sources: Record<LookupResult["source"], string> = {
  self: "this node itself",
  cache: "the peer cache",
  "regional-dht": "the DHT of the region",
  "global-dht": "the global DHT",
  backbone: "the backbone",
  "last-known": "what was known last: nobody could be asked",
};

export function LookupAnswer({ result }: { result: LookupResult }) {
  const { registration } = result;
  return (
    <Answer title={`Found ${shortHex(result.peerId)}`}>
      <Facts className="md:grid-cols-2">
        <Fact name="Answered first">
          {sources[result.source]}, in {formatMs(result.elapsedMs)}
        </Fact>
        <Fact name="Registered">
          {registration
            ? `${nodeTypeName(registration.nodeType)}, ${regionName(registration.region)}, ${formatNumber(registration.bandwidthMbps)} Mbit/s`
            : "no"}
        </Fact>
        <Fact name="Record valid until">{formatDateTime(result.expiresAtMs)}</Fact>
        <Fact name="Reached">{result.relays.length > 0 ? "through relays" : "directly"}</Fact>
      </Facts>
      <ul className="mt-1 text-sm">
        {result.relays.map((relay) => (
          <li key={relay}>
            <CopyText text={relay} shown={`relay ${shortHex(relay)}`} what="relay's peer ID" />
          </li>
        ))}
        {result.addresses.map((address) => (
          <li key={address}>
            <CopyText text={address} shown={shortAddress(address)} what="address" />
          </li>
        ))}
      </ul>
    </Answer>
  );
}
