"use client";

import { Trans } from "@lingui/react";
import { ErrorAlert } from "../_shared/node/error-alert";
import { Progress } from "../_shared/node/progress";
import { useStatus } from "../_shared/node/queries";
import { Gate } from "../_shared/shell/gate";
import { i18n } from "../_shared/text/i18n";
import { Card } from "../_shared/ui/card";
import { Link } from "../_shared/ui/link";
import { Skeleton } from "../_shared/ui/skeleton";
import { useUnhurried } from "../_shared/ui/use-unhurried";
import { AttentionCard } from "./attention-card";
import { DaemonCard } from "./daemon-card";
import { NodeCard } from "./node-card";
import { PeersSummary } from "./peers-summary";
import { ReachabilityCard } from "./reachability-card";
import { TodayCard } from "./today-card";
import { WelcomeFirst } from "./welcome-first";

export function Overview() {
  return (
    <Gate instead={<PublicHint />}>
      <WelcomeFirst>
        <Dashboard />
      </WelcomeFirst>
    </Gate>
  );
}

function PublicHint() {
  return (
    <p className="text-muted">
      <Trans
        id="What the contract says about all nodes is public: see <0>the registered nodes</0>."
        components={{ 0: <Link href="/network/" className="font-medium text-accent hover:underline" /> }}
      />
    </p>
  );
}

function Dashboard() {
  const { data: status, error } = useStatus();
  const ready = useUnhurried(status !== undefined);
  if (!status || !ready) return error ? <ErrorAlert error={error} /> : <Skeleton lines={8} />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
      <div className="grid min-w-0 gap-4">
        <AttentionCard status={status} />
        <NodeCard status={status} />
        <Card title={i18n._("Progress")}>
          <Progress steps={status.progress} />
        </Card>
        <PeersSummary connected={status.overlay.connectedPeers} />
      </div>
      <div className="grid min-w-0 gap-4">
        {status.chain.paymentsAddress !== null && <TodayCard />}
        <ReachabilityCard overlay={status.overlay} />
        <DaemonCard status={status} />
      </div>
    </div>
  );
}
