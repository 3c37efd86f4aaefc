"use client";

import { useState } from "react";
import { parseShm } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import { useBlockTimes } from "../../_shared/chain/block-times";
import { ConnectFirst } from "../../_shared/chain/connect-first";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import type { History } from "../../_shared/chain/use-history";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import {
  formatBps,
  formatDateTime,
  formatDuration,
  formatShm,
  nodeTypeName,
  regionName,
  shortHex,
} from "../../_shared/node/format";
import { ScoreFact } from "../../_shared/node/score-fact";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Tip } from "../../_shared/ui/tip";
import type { ComparedNode } from "../_hooks/comparison";
import { stakePlan } from "../_hooks/plans";
import { ScoreLine } from "./score-line";
import { UptimeFact } from "./uptime-fact";

interface StakeFormProps {
  node: ComparedNode;
  network: Network;
  plan: OpenPlan;
  paused: boolean;
  history: History | undefined;
  onBack: () => void;
}

/** One node from close by, and how much to stake on it. */
export function StakeForm({ node, network, plan, paused, history, onBack }: StakeFormProps) {
  const { address } = useWalletAccount();
  const [text, setText] = useState("");
  const wei = parseShm(text);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
      <Card title={i18n._("Stake on {peerId}", { peerId: shortHex(node.peerId) })}>
        <div className="space-y-4">
          <ConnectFirst network={network} signer={i18n._("Account")}>
            {i18n._("The wallet that stakes is the one that can unstake.")}
          </ConnectFirst>
          {node.pool.frozenUntil > 0n && (
            <Alert tone="bad" title={i18n._("Somebody reported this node for lying.")}>
              {i18n._("If that is carried out, a part of all its stake is lost, of yours too.")}
            </Alert>
          )}
          {node.pool.commissionBps === 10_000 && (
            <Alert tone="warn" title={i18n._("This operator keeps all that the node earns.")}>
              {i18n._("Its commission is 100 %, so your stake would vouch for it and gain nothing.")}
            </Alert>
          )}
          <AmountField
            label={i18n._("Amount")}
            tip={
              <Tip about={i18n._("staking")}>
                {i18n._(
                  "Your stake vouches for the node. You share in what it earns, and in its penalty if it is proved to have lied. Being offline costs it score, never stake.",
                )}
              </Tip>
            }
            value={text}
            hint={i18n._("Yours again {time} after you unstake.", {
              time: formatDuration(node.unbondingMs),
            })}
            error={text !== "" && !wei ? i18n._("Enter an amount such as 100 or 0.5.") : null}
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
              {i18n._("Review")}
            </Button>
            <Button disabled={plan.busy} onClick={onBack}>
              {i18n._("Back")}
            </Button>
            {!address && <p className="text-muted text-sm">{i18n._("Connect a wallet first.")}</p>}
          </div>
        </div>
      </Card>
      <NodeFacts node={node} network={network} sinceMs={history?.sinceMs} />
    </div>
  );
}

interface NodeFactsProps {
  node: ComparedNode;
  network: Network;
  /** Since when the chain's events were read. */
  sinceMs: number | undefined;
}

function NodeFacts({ node, network, sinceMs }: NodeFactsProps) {
  const { pool, story } = node;
  const times = useBlockTimes(
    network,
    story.commissions.map(({ blockNumber }) => blockNumber),
  );
  const dated = (bps: number, atMs: number | undefined) =>
    atMs === undefined
      ? formatBps(bps)
      : i18n._("{percent} from {time}", { percent: formatBps(bps), time: formatDateTime(atMs) });
  return (
    <Card
      title={i18n._("The node")}
      lead={sinceMs !== undefined && i18n._("History since {time}, from the chain.", { time: formatDateTime(sinceMs) })}
    >
      <Facts>
        <Fact name={i18n._("Peer ID")}>
          <CopyText text={node.peerId} shown={shortHex(node.peerId)} what={i18n._("peer ID")} />
        </Fact>
        <Fact name={i18n._("Type")}>{nodeTypeName(node.nodeType)}</Fact>
        <Fact name={i18n._("Region")}>{regionName(node.region)}</Fact>
        <ScoreFact>
          <span className="inline-flex items-center gap-2">
            <ScoreLine scores={story.scores} />
            {i18n._("{score} of 100", { score: node.score })}
          </span>
        </ScoreFact>
        <UptimeFact peerId={node.peerId} />
        <Fact name={i18n._("Stake")}>{formatShm(pool.stake)}</Fact>
        <Fact name={i18n._("Unbonding")}>{formatShm(pool.unbonding)}</Fact>
        <Fact
          name={i18n._("Commission")}
          tip={
            <Tip about={i18n._("commission")}>
              {i18n._("The operator's part of each reward. The rest goes to all who staked.")}
            </Tip>
          }
        >
          {formatBps(pool.commissionBps)}
        </Fact>
        {story.commissions.length > 0 && (
          <Fact name={i18n._("Commission so far")}>
            {story.commissions.toReversed().map(({ bps, blockNumber }, index) => (
              <span key={index} className="block">
                {dated(bps, times.get(blockNumber))}
              </span>
            ))}
          </Fact>
        )}
        {pool.nextCommissionAt > 0n && (
          <Fact name={i18n._("Commission announced")}>
            {dated(pool.nextCommissionBps, Number(pool.nextCommissionAt) * 1_000)}
          </Fact>
        )}
        <Fact name={i18n._("Rewards to stakers")}>{formatShm(story.rewardedWei, 6)}</Fact>
        <Fact name={i18n._("Lost to penalties")}>{formatShm(story.slashedWei)}</Fact>
      </Facts>
    </Card>
  );
}
