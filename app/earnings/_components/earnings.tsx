"use client";

import { useMutation } from "@tanstack/react-query";
import type { NodeStatus } from "../../../node/api/daemon.ts";
import { ReviewPlan } from "../../_shared/chain/review-plan";
import { usePlan } from "../../_shared/chain/use-plan";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { WrongNetwork } from "../../_shared/chain/wrong-network";
import { client } from "../../_shared/node/client";
import { useEarnings } from "../../_shared/node/earnings";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Skeleton } from "../../_shared/ui/skeleton";
import { useUnhurried } from "../../_shared/ui/use-unhurried";
import { redeemPlan } from "../_hooks/redeem-plan";
import { ClientsCard } from "./clients-card";
import { DaysCard } from "./days-card";
import { TotalsCard } from "./totals-card";

interface EarningsProps {
  status: NodeStatus;
  nexusAddress: `0x${string}`;
}

export function Earnings({ status, nexusAddress }: EarningsProps) {
  const network = status.chain;
  const { address: account } = useWalletAccount();
  const { data: earnings, error } = useEarnings();
  const ready = useUnhurried(earnings !== undefined);
  const plan = usePlan(network);
  const fetchVouchers = useMutation({
    mutationFn: async (peer: string | undefined) => {
      const { peerId, vouchers } = await client.call("vouchers", peer === undefined ? {} : { client: peer });
      return redeemPlan(peerId, vouchers);
    },
    onSuccess: plan.open.review,
  });
  const redeem = {
    ...plan.open,
    busy: fetchVouchers.isPending || plan.open.busy,
    start: (peer?: string) => fetchVouchers.mutate(peer),
  };
  const { reviewed } = plan;
  if (!earnings || !ready) return error ? <ErrorAlert error={error} /> : <Skeleton lines={8} />;
  return (
    <div className="grid gap-4">
      <WrongNetwork network={network} />
      {status.registration?.nodeType !== "light_public" && (
        <Alert title={i18n._("This node relays nothing for others.")}>
          {i18n._("Public nodes relay, and earn by it. Make yours public under Operate, where others can reach it.")}
        </Alert>
      )}
      {plan.done && <Alert tone="ok" title={plan.done} />}
      {reviewed && reviewed.prepared.account === account ? (
        <ReviewPlan network={network} {...reviewed} send={plan.send} onBack={plan.open.reset} onDone={plan.finish} />
      ) : (
        <>
          <ErrorAlert error={fetchVouchers.error} />
          <TotalsCard earnings={earnings} redeem={redeem} />
          <ClientsCard earnings={earnings} redeem={redeem} />
          <DaysCard network={network} nexusAddress={nexusAddress} peerId={status.peerId} />
        </>
      )}
    </div>
  );
}
