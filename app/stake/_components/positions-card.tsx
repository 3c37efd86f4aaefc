"use client";

import { ConnectFirst } from "../../_shared/chain/connect-first";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { withoutDust } from "../../_shared/chain/pool-math";
import { useChainNow } from "../../_shared/chain/use-chain-now";
import type { History } from "../../_shared/chain/use-history";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { formatBps, formatDateTime, formatShm, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Column, Table } from "../../_shared/ui/table";
import { Tip } from "../../_shared/ui/tip";
import { gainOf, type Movement, movementsOf } from "../_hooks/movements";
import type { StakedNode } from "../_hooks/nodes";
import { claimPlan, readyAt, sum, withdrawPlan } from "../_hooks/plans";
import type { Position } from "../_hooks/positions";
import { useRewards } from "../_hooks/use-rewards";
import { ExportButton } from "./export-button";
import { RewardsTable } from "./rewards-table";
import { UnbondingTable } from "./unbonding-table";

interface PositionsCardProps {
  network: Network;
  nexusAddress: `0x${string}`;
  positions: readonly Position[] | undefined;
  history: History | undefined;
  nodes: readonly StakedNode[] | undefined;
  plan: OpenPlan;
  onUnstake: (position: Position) => void;
  onStake: (peerId: string) => void;
}

/** What the wallet has staked, what that gained, and what it can be paid. */
export function PositionsCard({ positions, ...props }: PositionsCardProps) {
  const { address } = useWalletAccount();
  return (
    <Card
      title={i18n._("My stake")}
      lead={i18n._(
        "Rewards need no claim: they raise what your stake is worth. Only an operator claims, its commission.",
      )}
    >
      <div className="space-y-4">
        <ConnectFirst network={props.network} signer={i18n._("Account")}>
          {i18n._("Connect the wallet that stakes, to see what it holds.")}
        </ConnectFirst>
        {address && (positions ? <Mine {...props} account={address} positions={positions} /> : <Skeleton lines={4} />)}
      </div>
    </Card>
  );
}

type MineProps = PositionsCardProps & { account: `0x${string}`; positions: readonly Position[] };

function Mine({ account, ...props }: MineProps) {
  const { network, nexusAddress, positions, history } = props;
  const { data, error } = useRewards(network, nexusAddress, account, history, positions);
  return (
    <>
      {positions.length > 0 ? (
        <Held {...props} account={account} />
      ) : (
        <p className="text-muted">
          {i18n._("Nothing is staked from this account. Choose a node below, then press “Stake”.")}
        </p>
      )}
      {/* Of a chain that does not answer the page tells already. */}
      {network.state === "connected" && <ExplainedError error={error} />}
      {history && data && data.pools.length > 0 && (
        <RewardsTable network={network} rewards={data.rewards} history={history} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <ExportButton
          key={account}
          network={network}
          nexusAddress={nexusAddress}
          account={account}
          history={history}
          positions={positions}
        />
      </div>
    </>
  );
}

/** What is staked and what unbonds now, and what can be done with it. */
function Held({ network, account, positions, history, nodes, plan, onUnstake, onStake }: MineProps) {
  const now = useChainNow(network);
  const movements = movementsOf(history?.logs ?? [], account);
  const staked = positions.filter(({ shares }) => shares > 0n);
  const unbondings = positions.flatMap((position) => position.unbondings);
  const ready = now === null ? [] : readyAt(positions, now);
  const claimableWei = positions.reduce((total, position) => total + position.claimableWei, 0n);
  const stakeWei = positions.reduce((total, { stake }) => total + stake, 0n);
  return (
    <>
      <Facts className="sm:grid-cols-2">
        <Fact name={i18n._("Staked")}>{formatShm(withoutDust(stakeWei), 6)}</Fact>
        <Fact
          name={i18n._("Unbonding")}
          tip={
            <Tip about={i18n._("unbonding")}>
              {i18n._("What you took out and wait for: it earns nothing and can still be slashed.")}
            </Tip>
          }
        >
          {formatShm(withoutDust(sum(unbondings)), 6)}
        </Fact>
        <Fact name={i18n._("Ready to withdraw")}>{formatShm(withoutDust(sum(ready)), 6)}</Fact>
        <Fact name={i18n._("Commission to claim")}>{formatShm(claimableWei, 6)}</Fact>
      </Facts>
      {positions.map((position) => (
        <Warnings key={position.pool} position={position} now={now} />
      ))}
      {staked.length > 0 && (
        <Table
          caption={i18n._("My stake")}
          columns={columnsOf(movements, nodes, onUnstake, onStake)}
          rows={staked}
          rowKey={({ pool }) => String(pool)}
        />
      )}
      {unbondings.length > 0 && now !== null && (
        <UnbondingTable positions={positions} now={now} nodes={nodes} plan={plan} />
      )}
      <ExplainedError error={plan.error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          look={ready.length > 0 ? "primary" : "secondary"}
          busy={plan.busy}
          disabled={ready.length === 0}
          onClick={() => plan.review(withdrawPlan(ready))}
        >
          {i18n._("Withdraw all that is ready")}
        </Button>
        {claimableWei > 0n && (
          <Button busy={plan.busy} onClick={() => plan.review(claimPlan(positions))}>
            {i18n._("Claim commission")}
          </Button>
        )}
      </div>
    </>
  );
}

function Warnings({ position, now }: { position: Position; now: number | null }) {
  const { frozenUntilMs, nextCommission, peerId } = position;
  if (now === null) return null;
  return (
    <>
      {frozenUntilMs > now && (
        <Alert tone="bad" title={i18n._("{peerId} was reported for lying.", { peerId: shortHex(peerId) })}>
          {i18n._(
            "Nothing can be withdrawn from it before {time}. If the report is carried out, a part of its stake is lost.",
            { time: formatDateTime(frozenUntilMs) },
          )}
        </Alert>
      )}
      {nextCommission && !position.operates && (
        <Alert
          tone="warn"
          title={i18n._("The commission of {peerId} rises to {percent}.", {
            peerId: shortHex(peerId),
            percent: formatBps(nextCommission.bps),
          })}
        >
          {i18n._("From {time} on. If that is too much for you, unstake before.", {
            time: formatDateTime(nextCommission.atMs),
          })}
        </Alert>
      )}
    </>
  );
}

function columnsOf(
  movements: readonly Movement[],
  nodes: readonly StakedNode[] | undefined,
  onUnstake: (position: Position) => void,
  onStake: (peerId: string) => void,
): Column<Position>[] {
  const isThere = (pool: number) => nodes?.some((node) => node.pool.pool === pool) ?? false;
  return [
    {
      title: i18n._("Node"),
      wide: true,
      cell: ({ peerId, operates, pool }) => (
        <span className="block">
          <CopyText text={peerId} shown={shortHex(peerId)} what={i18n._("peer ID")} />
          {operates && <span className="block text-muted text-sm">{i18n._("your own")}</span>}
          {nodes && !isThere(pool) && <span className="block text-muted text-sm">{i18n._("has left")}</span>}
        </span>
      ),
    },
    { title: i18n._("Worth"), numeric: true, cell: ({ stake }) => formatShm(withoutDust(stake), 6) },
    {
      title: i18n._("Gain"),
      numeric: true,
      cell: (position) => {
        const gain = gainOf(movements, position);
        if (gain === null) return i18n._("not known");
        return gain < -10n ? `−${formatShm(-gain, 6)}` : gain <= 0n ? formatShm(0n) : formatShm(withoutDust(gain), 6);
      },
    },
    {
      title: i18n._("Actions"),
      untitled: true,
      wide: true,
      numeric: true,
      cell: (position) => (
        <span className="inline-flex flex-wrap justify-end gap-2">
          {isThere(position.pool) && (
            <Button
              aria-label={i18n._("Stake more on {peerId}", { peerId: shortHex(position.peerId) })}
              onClick={() => onStake(position.peerId)}
            >
              {i18n._("Stake more")}
            </Button>
          )}
          <Button
            aria-label={i18n._("Unstake from {peerId}", { peerId: shortHex(position.peerId) })}
            onClick={() => onUnstake(position)}
          >
            {i18n._("Unstake")}
          </Button>
        </span>
      ),
    },
  ];
}
