import type { RungReport, Why } from "../../../node/services/discovery/api.ts";
import { formatMs, formatShm, shortAddress, shortHex } from "../../_shared/node/format";
import { Badge, type Tone } from "../../_shared/ui/badge";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Answer } from "./answer";

const rungNames: Record<RungReport["rung"], string> = {
  direct: "Direct",
  punched: "Through both routers",
  relayed: "Relayed",
  onion: "Onion",
};

const states: Record<RungReport["state"], { tone: Tone; word: string }> = {
  "in-use": { tone: "ok", word: "In use" },
  failed: { tone: "bad", word: "Failed" },
  "not-applicable": { tone: "neutral", word: "Does not apply" },
  untried: { tone: "neutral", word: "Not tried" },
  "not-needed": { tone: "neutral", word: "Not needed" },
};

/** How a peer is reached, and why by no better way: the whole ladder. */
export function WhyAnswer({ result }: { result: Why }) {
  const { path } = result;
  return (
    <Answer title={`Way to ${shortHex(result.peerId)}`}>
      <p className="text-[0.93rem]">{result.reason}</p>
      {path && (
        <Facts className="mt-1 md:grid-cols-2">
          <Fact name="Address">
            <CopyText text={path.address} shown={shortAddress(path.address)} what="address" />
          </Fact>
          <Fact name="Connected">
            {path.direction === "inbound"
              ? "by the peer"
              : path.connectMs === null
                ? "–"
                : `in ${formatMs(path.connectMs)}`}
          </Fact>
          <Fact name="Round trip">{path.roundTripMs === null ? "–" : formatMs(path.roundTripMs)}</Fact>
          <Fact name="Price of a GiB">{path.pricePerGiBWei === null ? "none" : formatShm(path.pricePerGiBWei, 6)}</Fact>
        </Facts>
      )}
      <ol aria-label="Ladder" className="mt-2 divide-y divide-line border-line border-t">
        {result.rungs.map(({ rung, state, reason, code }) => (
          <li key={rung} className="grid gap-x-4 gap-y-0.5 py-2 text-[0.93rem] sm:grid-cols-[11rem_8.5rem_1fr]">
            <span className="font-medium">{rungNames[rung]}</span>
            <span>
              <Badge tone={states[state].tone}>{states[state].word}</Badge>
            </span>
            <span className="min-w-0 break-words text-muted">
              {reason} {code && <code className="font-mono text-xs">{code}</code>}
            </span>
          </li>
        ))}
      </ol>
    </Answer>
  );
}
