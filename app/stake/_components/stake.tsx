"use client";

import { useDeferredValue, useMemo, useState } from "react";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { ReviewPlan } from "../../_shared/chain/review-plan";
import { useHistory } from "../../_shared/chain/use-history";
import { usePlan } from "../../_shared/chain/use-plan";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { WrongNetwork } from "../../_shared/chain/wrong-network";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { useNodes, useTerms } from "../_hooks/nodes";
import { type Position, usePositions } from "../_hooks/positions";
import { storyOf, tell } from "../_hooks/story";
import { DecisionsCard } from "./decisions-card";
import { NodesCard } from "./nodes-card";
import { PositionsCard } from "./positions-card";
import { StakeForm } from "./stake-form";
import { UnstakeForm } from "./unstake-form";

interface StakeProps {
  network: Network;
  nexusAddress: `0x${string}`;
}

type View = { at: "list" } | { at: "stake"; peerId: string } | { at: "unstake"; position: Position };

export function Stake({ network, nexusAddress }: StakeProps) {
  const { address: account } = useWalletAccount();
  const [view, setView] = useState<View>({ at: "list" });
  const nodes = useNodes(network, nexusAddress);
  const terms = useTerms(network, nexusAddress);
  const chainHistory = useHistory(network, nexusAddress);
  const highest = nodes.data && Math.max(0, ...nodes.data.nodes.map(({ pool }) => pool.pool));
  const held = usePositions(network, nexusAddress, account, highest);
  // As `useUnhurried`: each of them fills a card of its own.
  const history = useDeferredValue(chainHistory.data);
  const positions = useDeferredValue(held.data);
  const listed = useDeferredValue(nodes.data);
  const told = useMemo(() => tell(history?.logs ?? []), [history]);
  const compared = useMemo(
    () => listed?.nodes.map((node) => ({ ...node, story: storyOf(told, node) })),
    [listed, told],
  );
  const plan = usePlan(network);
  const home = () => {
    plan.open.reset();
    setView({ at: "list" });
  };
  const { reviewed } = plan;
  const chosen = view.at === "stake" ? compared?.find(({ peerId }) => peerId === view.peerId) : undefined;
  const error = nodes.error ?? terms.error ?? held.error ?? chainHistory.error;
  return (
    <div className="grid gap-4">
      <WrongNetwork network={network} />
      {/* A chain that the daemon cannot reach either is the page's banner already. */}
      {error && network.state === "connected" && <ExplainedError error={error} />}
      {terms.data?.paused && (
        <Alert tone="warn" title={i18n._("New stakes are paused.")}>
          {i18n._("Unstaking and withdrawing still work. The page goes on by itself once the pause is over.")}
        </Alert>
      )}
      <DecisionsCard network={network} nexusAddress={nexusAddress} positions={positions} nodes={compared} />
      {plan.done && <Alert tone="ok" title={plan.done} />}
      {reviewed && reviewed.prepared.account === account ? (
        <ReviewPlan
          network={network}
          {...reviewed}
          send={plan.send}
          onBack={plan.open.reset}
          onDone={() => {
            plan.finish();
            home();
          }}
        />
      ) : chosen ? (
        <StakeForm
          node={chosen}
          network={network}
          plan={plan.open}
          paused={terms.data?.paused ?? false}
          history={history}
          onBack={home}
        />
      ) : view.at === "unstake" ? (
        <UnstakeForm
          position={view.position}
          node={compared?.find(({ pool }) => pool.pool === view.position.pool)}
          plan={plan.open}
          onBack={home}
        />
      ) : (
        <>
          <PositionsCard
            network={network}
            nexusAddress={nexusAddress}
            positions={positions}
            history={history}
            nodes={compared}
            plan={plan.open}
            onUnstake={(position) => setView({ at: "unstake", position })}
            onStake={(peerId) => setView({ at: "stake", peerId })}
          />
          <NodesCard
            network={network}
            nodes={compared}
            priceWeiPerGiB={terms.data?.priceWeiPerGiB}
            sinceMs={history?.sinceMs}
            onStake={(peerId) => setView({ at: "stake", peerId })}
          />
        </>
      )}
    </div>
  );
}
