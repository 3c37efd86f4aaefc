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
import { i18n } from "../../_shared/text/i18n";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer } from "./answer";

const sources: Record<LookupResult["source"], string> = {
  self: /*i18n*/ "this node itself",
  cache: /*i18n*/ "the peer cache",
  "regional-dht": /*i18n*/ "the DHT of the region",
  "global-dht": /*i18n*/ "the global DHT",
  backbone: /*i18n*/ "the backbone",
  "last-known": /*i18n*/ "what was known last: nobody could be asked",
};

export function LookupAnswer({ result }: { result: LookupResult }) {
  const { registration } = result;
  return (
    <Answer title={i18n._("Found {peerId}", { peerId: shortHex(result.peerId) })}>
      <Facts className="md:grid-cols-2">
        <Fact name={i18n._("Answered first")}>
          {i18n._("{source}, in {time}", {
            source: i18n._(sources[result.source]),
            time: formatMs(result.elapsedMs),
          })}
        </Fact>
        <Fact name={i18n._("Registered")}>
          {registration
            ? i18n._("{type}, {region}, {mbps} Mbit/s", {
                type: nodeTypeName(registration.nodeType),
                region: regionName(registration.region),
                mbps: formatNumber(registration.bandwidthMbps),
              })
            : i18n._("no")}
        </Fact>
        <Fact name={i18n._("Record valid until")}>{formatDateTime(result.expiresAtMs)}</Fact>
        <Fact name={i18n._("Reached")}>{result.relays.length > 0 ? i18n._("through relays") : i18n._("directly")}</Fact>
      </Facts>
      <ul className="mt-1 text-sm">
        {result.relays.map((relay) => (
          <li key={relay}>
            <CopyText
              text={relay}
              shown={i18n._("relay {relay}", { relay: shortHex(relay) })}
              what={i18n._("relay's peer ID")}
            />
          </li>
        ))}
        {result.addresses.map((address) => (
          <li key={address}>
            <CopyText text={address} shown={shortAddress(address)} what={i18n._("address")} />
          </li>
        ))}
      </ul>
    </Answer>
  );
}
