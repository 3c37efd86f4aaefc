import type { RungReport, Why } from "../../../node/services/discovery/api.ts";
import { formatMs, formatShm, shortAddress, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer } from "./answer";

const rungNames: Record<RungReport["rung"], string> = {
  direct: /*i18n*/ "Direct",
  punched: /*i18n*/ "Through both routers",
  relayed: /*i18n*/ "Relayed",
  onion: /*i18n*/ "Onion",
};

const states: Record<RungReport["state"], { tone: Tone; word: string }> = {
  "in-use": { tone: "ok", word: /*i18n*/ "In use" },
  failed: { tone: "bad", word: /*i18n*/ "Failed" },
  "not-applicable": { tone: "neutral", word: /*i18n*/ "Does not apply" },
  untried: { tone: "neutral", word: /*i18n*/ "Not tried" },
  "not-needed": { tone: "neutral", word: /*i18n*/ "Not needed" },
};

/** How a peer is reached, and why by no better way: the whole ladder. */
export function WhyAnswer({ result }: { result: Why }) {
  const { path } = result;
  return (
    <Answer title={i18n._("Way to {peerId}", { peerId: shortHex(result.peerId) })}>
      <p lang="en" className="text-[0.93rem]">
        {result.reason}
      </p>
      {path && (
        <Facts className="mt-1 md:grid-cols-2">
          <Fact name={i18n._("Address")}>
            <CopyText text={path.address} shown={shortAddress(path.address)} what={i18n._("address")} />
          </Fact>
          <Fact name={i18n._("Connected")}>
            {path.direction === "inbound"
              ? i18n._("by the peer")
              : path.connectMs === null
                ? "–"
                : i18n._("in {connectMs}", { connectMs: formatMs(path.connectMs) })}
          </Fact>
          <Fact name={i18n._("Round trip")}>{path.roundTripMs === null ? "–" : formatMs(path.roundTripMs)}</Fact>
          <Fact name={i18n._("Price of a GiB")}>
            {path.pricePerGiBWei === null ? i18n._("none") : formatShm(path.pricePerGiBWei, 6)}
          </Fact>
        </Facts>
      )}
      <ol aria-label={i18n._("Ladder")} className="mt-2 divide-y divide-line border-line border-t">
        {result.rungs.map(({ rung, state, reason, code }) => (
          <li key={rung} className="grid gap-x-4 gap-y-0.5 py-2 text-[0.93rem] sm:grid-cols-[11rem_8.5rem_1fr]">
            <span className="font-medium">{i18n._(rungNames[rung])}</span>
            <span>
              <Badge tone={states[state].tone}>{i18n._(states[state].word)}</Badge>
            </span>
            <span lang="en" className="min-w-0 break-words text-muted">
              {reason} {code && <code className="font-mono text-xs">{code}</code>}
            </span>
          </li>
        ))}
      </ol>
    </Answer>
  );
}
