import { maxStep, slotsPerEpoch } from "../../../node/core/evidence/score.ts";
import { formatMs, formatNumber, formatPercent, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Tip } from "../../_shared/ui/tip";
import type { Replayed } from "../_hooks/use-replay";
import { UptimeBars } from "./uptime-bars";

const percent = (basisPoints: number) => formatPercent(basisPoints / 100, 2);

/** What came of a replay, and what of: each part with its weight. */
export function ReplayAnswer({ replayed }: { replayed: Replayed }) {
  const { before, target, expected, score, probes, history, latencyMs, sources } = replayed;
  const agrees = score === expected;
  const up = history.reduce((sum, [count]) => sum + count, 0);
  const asked = history.reduce((sum, [, count]) => sum + count, 0);
  return (
    <section aria-label={i18n._("Replay")} className="space-y-3">
      <Alert
        tone={agrees ? "ok" : "bad"}
        title={
          agrees
            ? i18n._("The score on chain is the one that comes of the evidence.")
            : i18n._("The evidence comes to {expected}, and the chain says {score}.", { expected, score })
        }
      >
        {i18n._("{count} signatures checked in this browser in {time}.", {
          count: formatNumber(replayed.signatures),
          time: formatMs(replayed.elapsedMs),
        })}
      </Alert>
      <Facts>
        <Fact
          name={i18n._("Uptime, four tenths")}
          tip={
            <Tip about={i18n._("slots")}>
              {i18n._(
                "Scores are made once an epoch, which has {slots} slots; in each, backbones ask a node whether it is there.",
                {
                  slots: slotsPerEpoch,
                },
              )}
            </Tip>
          }
        >
          {i18n._("{percent} · {up} of {asked} slots", { percent: percent(replayed.uptime), up, asked })}
        </Fact>
        <Fact name={i18n._("Latency, three tenths")}>
          {latencyMs === null
            ? i18n._("{percent} · it never answered", { percent: percent(replayed.latency) })
            : i18n._("{percent} · median {time}", { percent: percent(replayed.latency), time: formatMs(latencyMs) })}
        </Fact>
        <Fact name={i18n._("Availability, three tenths")}>
          {i18n._("{percent} · {answered} of {asked} probes answered", {
            percent: percent(replayed.availability),
            answered: probes.answered,
            asked: probes.asked,
          })}
        </Fact>
        <Fact
          name={i18n._("Worth")}
          tip={
            <Tip about={i18n._("worth")}>
              {i18n._("What this evidence alone comes to. The score goes towards it in small steps.")}
            </Tip>
          }
        >
          {i18n._("{target} of 100", { target })}
        </Fact>
        <Fact name={i18n._("Step of {maxStep} at most", { maxStep })}>
          {before} → {expected}
        </Fact>
        <Fact name={i18n._("Probed by")}>
          {i18n._("{count, plural, one {# backbone} other {# backbones}}", { count: probes.probers })}
        </Fact>
        <Fact name={i18n._("Evidence given by")}>
          {i18n._("{same} of {asked} asked", { same: sources.same, asked: sources.asked })}
        </Fact>
        <Fact
          name={i18n._("Root of epoch {epoch}", { epoch: replayed.epoch })}
          tip={
            <Tip about={i18n._("the root")}>
              {i18n._(
                "A fingerprint of all evidence of the epoch. It is on chain, so nobody can change the evidence later.",
              )}
            </Tip>
          }
        >
          <CopyText text={replayed.root} shown={shortHex(replayed.root)} what={i18n._("root")} />
        </Fact>
      </Facts>
      <UptimeBars history={history} slots={slotsPerEpoch} />
    </section>
  );
}
