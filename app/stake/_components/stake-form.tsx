"use client";

import { useState } from "react";
import { useAccount } from "wagmi";
import { parseShm } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import { ConnectFirst } from "../../_shared/chain/connect-first";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import type { History } from "../../_shared/chain/use-history";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import {
  formatDateTime,
  formatDuration,
  formatShm,
  nodeTypeName,
  regionName,
  shortHex,
} from "../../_shared/node/format";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Tip } from "../../_shared/ui/tip";
import type { ComparedNode } from "../_hooks/comparison";
import { percent, stakePlan } from "../_hooks/plans";
import { ScoreLine } from "./score-line";

interface StakeFormProps {
  node: ComparedNode;
  network: Network;
  plan: OpenPlan;
  paused: boolean;
  history: History | undefined;
  onBack: () => void;
}

/** One node from close by, and how much to stake on it. */
export function StakeForm({ node, plan, paused, history, onBack }: StakeFormProps) {
  const { address } = useAccount();
  const [text, setText] = useState("");
  const wei = parseShm(text);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
      <Card title={`Stake on ${shortHex(node.peerId)}`}>
        <div className="space-y-4">
          <ConnectFirst signer="Account">The wallet that stakes is the one that can unstake.</ConnectFirst>
          {node.pool.frozenUntil > 0n && (
            <Alert tone="bad" title="Somebody reported this node for lying.">
              If that is carried out, a part of all its stake is lost, of yours too.
            </Alert>
          )}
          {node.pool.commissionBps === 10_000 && (
            <Alert tone="warn" title="This operator keeps all that the node earns.">
              Its commission is 100 %, so your stake would vouch for it and gain nothing.
            </Alert>
          )}
          <AmountField
            label="Amount"
            tip={
              <Tip about="staking">
                Your stake vouches for the node. You share in what it earns, and in its penalty if it is proved to have
                lied. Being offline costs it score, never stake.
              </Tip>
            }
            value={text}
            hint={`Yours again ${formatDuration(node.unbondingMs)} after you unstake.`}
            error={text !== "" && !wei ? "Enter an amount such as 100 or 0.5." : null}
            onChange={(next) => {
              setText(next);
              plan.reset();
            }}
          />
          <ExplainedError error={plan.error} />
          <div className="flex flex-wrap items-center gap-2">
            <Button
              look="primary"
              busy={plan.busy}
              disabled={!address || !wei || paused}
              onClick={() => wei && plan.review(stakePlan(node, wei))}
            >
              Review
            </Button>
            <Button disabled={plan.busy} onClick={onBack}>
              Back
            </Button>
            {!address && <p className="text-muted text-sm">Connect a wallet first.</p>}
          </div>
        </div>
      </Card>
      <NodeFacts node={node} sinceMs={history?.sinceMs} />
    </div>
  );
}

function NodeFacts({ node, sinceMs }: { node: ComparedNode; sinceMs: number | undefined }) {
  const { pool, story } = node;
  return (
    <Card title="The node" lead={sinceMs !== undefined && `History since ${formatDateTime(sinceMs)}, from the chain.`}>
      <Facts>
        <Fact name="Peer ID">
          <CopyText text={node.peerId} shown={shortHex(node.peerId)} what="peer ID" />
        </Fact>
        <Fact name="Type">{nodeTypeName(node.nodeType)}</Fact>
        <Fact name="Region">{regionName(node.region)}</Fact>
        <Fact
          name="Score"
          tip={
            <Tip about="the score">0 to 100, by what most backbones measured: whether it answers, and how fast.</Tip>
          }
        >
          <span className="inline-flex items-center gap-2">
            <ScoreLine scores={story.scores} />
            {node.score} of 100
          </span>
        </Fact>
        <Fact name="Stake">{formatShm(pool.stake)}</Fact>
        <Fact name="Unbonding">{formatShm(pool.unbonding)}</Fact>
        <Fact
          name="Commission"
          tip={<Tip about="commission">The operator's part of each reward. The rest goes to all who staked.</Tip>}
        >
          {percent(pool.commissionBps)}
        </Fact>
        {story.commissionsBps.length > 1 && (
          <Fact name="Commission so far">{story.commissionsBps.map(percent).join(", ")}</Fact>
        )}
        {pool.nextCommissionAt > 0n && (
          <Fact name="Commission announced">
            {percent(pool.nextCommissionBps)} from {formatDateTime(Number(pool.nextCommissionAt) * 1_000)}
          </Fact>
        )}
        <Fact name="Rewards to stakers">{formatShm(story.rewardedWei, 6)}</Fact>
        <Fact name="Lost to penalties">{formatShm(story.slashedWei)}</Fact>
      </Facts>
    </Card>
  );
}
