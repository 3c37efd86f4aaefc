"use client";

import { lookupFloor } from "../../../node/core/evidence/score.ts";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { i18n } from "../../_shared/text/i18n";
import { Badge } from "../../_shared/ui/badge";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { useReplay } from "../_hooks/use-replay";
import { ReplayAnswer } from "./replay-answer";

interface ScoreCardProps {
  network: Network;
  nexusAddress: `0x${string}`;
  peerId: `0x${string}`;
  score: number;
  signedIn: boolean;
}

export function ScoreCard({ network, nexusAddress, peerId, score, signedIn }: ScoreCardProps) {
  const replay = useReplay(network, nexusAddress, peerId);
  return (
    <Card
      title={i18n._("Score")}
      lead={i18n._(
        "A replay fetches the signed probes behind it, checks each signature and their root on chain, and computes it anew: nobody has to be believed.",
      )}
      aside={
        score >= lookupFloor ? (
          <Badge tone="ok">{i18n._("Looked up")}</Badge>
        ) : (
          <Badge tone="bad">{i18n._("Left out of look-ups")}</Badge>
        )
      }
    >
      <div className="space-y-4">
        <div className="flex flex-wrap items-end justify-between gap-3">
          <p>
            <span className="font-semibold text-3xl tabular-nums">{score}</span>{" "}
            <span className="text-muted">{i18n._("of 100")}</span>
          </p>
          <Button busy={replay.isPending} disabled={!signedIn} onClick={() => replay.mutate()}>
            {i18n._("Replay in this browser")}
          </Button>
        </div>
        {!signedIn && (
          <p className="text-muted text-sm">
            {i18n._("Sign in to your node, which fetches the evidence, to replay it.")}
          </p>
        )}
        <div aria-live="polite">
          {replay.data && <ReplayAnswer replayed={replay.data} />}
          <ExplainedError error={replay.error} />
        </div>
      </div>
    </Card>
  );
}
