"use client";

import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { formatDateTime, shortHex } from "../../_shared/node/format";
import { RegistrationFacts } from "../../_shared/node/registration-facts";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Badge } from "../../_shared/ui/badge";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type NodeOfContract, useNode } from "../_hooks/use-node";
import { ScoreCard } from "./score-card";

interface NodeOnChainProps {
  network: Network;
  nexusAddress: `0x${string}`;
  peerId: `0x${string}`;
  signedIn: boolean;
}

/** What anybody can read of a node: its registration, and its score with what that is made of. */
export function NodeOnChain({ network, nexusAddress, peerId, signedIn }: NodeOnChainProps) {
  const { data: node, error } = useNode(network.rpcUrl, nexusAddress, peerId);
  if (node === undefined) return error ? <ExplainedError error={error} /> : <Skeleton lines={8} />;
  if (node === null) {
    return (
      <Alert tone="info" title={i18n._("The contract knows no node with this peer ID.")}>
        {i18n._("It was never registered, or its stake was withdrawn. It may run all the same: look it up below.")}
      </Alert>
    );
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <RegistrationCard node={node} />
      <ScoreCard network={network} nexusAddress={nexusAddress} peerId={peerId} score={node.score} signedIn={signedIn} />
    </div>
  );
}

function RegistrationCard({ node: { registration, availableAtMs, endpoint } }: { node: NodeOfContract }) {
  return (
    <Card
      title={i18n._("Registration")}
      aside={
        registration.active ? (
          <Badge tone="ok">{i18n._("Active")}</Badge>
        ) : (
          <Badge tone="warn">{i18n._("Leaving")}</Badge>
        )
      }
    >
      <Facts>
        <RegistrationFacts registration={registration} />
        {availableAtMs !== null && <Fact name={i18n._("Stake is free from")}>{formatDateTime(availableAtMs)}</Fact>}
        <Fact name={i18n._("Operator")}>
          <CopyText text={registration.operator} shown={shortHex(registration.operator)} what={i18n._("operator")} />
        </Fact>
        <Fact name={i18n._("Last sign of life on chain")}>{formatDateTime(registration.lastSeenMs)}</Fact>
        {endpoint && (
          <Fact name={i18n._("API")}>
            <CopyText text={endpoint} what={i18n._("API address")} />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
