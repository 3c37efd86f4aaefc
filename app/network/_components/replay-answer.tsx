import { maxStep, slotsPerEpoch } from "../../../node/core/evidence/score.ts";
import { formatMs, formatNumber, shortHex } from "../../_shared/node/format";
import { Alert } from "../../_shared/ui/alert";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import type { Replayed } from "../_hooks/use-replay";
import { UptimeBars } from "./uptime-bars";

const percent = (basisPoints: number) => `${(basisPoints / 100).toFixed(2)} %`;

/** What came of a replay, and what of: each part with its weight. */
export function ReplayAnswer({ replayed }: { replayed: Replayed }) {
  const { before, target, expected, score, probes, history, latencyMs, sources } = replayed;
  const agrees = score === expected;
  const up = history.reduce((sum, [count]) => sum + count, 0);
  const asked = history.reduce((sum, [, count]) => sum + count, 0);
  return (
    <section aria-label="Replay" className="space-y-3">
      <Alert
        tone={agrees ? "ok" : "bad"}
        title={
          agrees
            ? "The score on chain is the one that comes of the evidence."
            : `The evidence comes to ${expected}, and the chain says ${score}.`
        }
      >
        {formatNumber(replayed.signatures)} signatures checked in this browser in {formatMs(replayed.elapsedMs)}.
      </Alert>
      <Facts>
        <Fact name="Uptime, four tenths">
          {percent(replayed.uptime)} · {up} of {asked} slots
        </Fact>
        <Fact name="Latency, three tenths">
          {percent(replayed.latency)} · {latencyMs === null ? "it never answered" : `median ${formatMs(latencyMs)}`}
        </Fact>
        <Fact name="Availability, three tenths">
          {percent(replayed.availability)} · {probes.answered} of {probes.asked} probes answered
        </Fact>
        <Fact name="Worth">{target} of 100</Fact>
        <Fact name={`Step of ${maxStep} at most`}>
          {before} → {expected}
        </Fact>
        <Fact name="Probed by">
          {probes.probers} {probes.probers === 1 ? "backbone" : "backbones"}
        </Fact>
        <Fact name="Evidence given by">
          {sources.same} of {sources.asked} asked
        </Fact>
        <Fact name={`Root of epoch ${replayed.epoch}`}>
          <CopyText text={replayed.root} shown={shortHex(replayed.root)} what="root" />
        </Fact>
      </Facts>
      <UptimeBars history={history} slots={slotsPerEpoch} />
    </section>
  );
}
