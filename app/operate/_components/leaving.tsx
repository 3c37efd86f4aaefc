"use client";

import { useQuery } from "@tanstack/react-query";
import type { Registration } from "../../../node/core/schema.ts";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { nodeNexusAbi } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import { useChainNow } from "../../_shared/chain/use-chain-now";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatDateTime, formatDuration, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import { withdrawPlan } from "../_hooks/plans";
import { OperatorWallet, useIsOperator } from "./operator-wallet";
import { ReviewButton } from "./review-button";

interface LeavingProps {
  network: Network;
  nexusAddress: `0x${string}`;
  registration: Registration;
  open: OpenPlan;
}

/** A deregistered node: a countdown, then the stake. */
export function Leaving({ network, nexusAddress, registration, open }: LeavingProps) {
  const { peerId, operator } = registration;
  const now = useChainNow(network);
  const isOperator = useIsOperator(operator);
  const { data, error } = useQuery({
    queryKey: ["unbonding", nexusAddress, peerId],
    refetchInterval: 5_000,
    queryFn: async () => {
      const call = { abi: nodeNexusAbi, address: nexusAddress, functionName: "unbondingOf", args: [peerId] } as const;
      const [amountWei, availableAt] = await publicClientOf(network.rpcUrl).readContract(call);
      return { amountWei, availableAtMs: Number(availableAt) * 1_000 };
    },
  });
  const leftMs = data && now !== null ? data.availableAtMs - now : null;
  return (
    <>
      <OperatorWallet operator={operator} />
      <Card
        title={i18n._("Leaving")}
        className="max-w-2xl"
        lead={i18n._("The node is out of all look-ups. Its stake is yours after the unbonding period.")}
      >
        {!data && (error ? <ExplainedError error={error} /> : <Skeleton lines={3} />)}
        {data && (
          <div className="space-y-4">
            <Facts>
              <Fact name={i18n._("Stake to withdraw")}>{formatShm(data.amountWei)}</Fact>
              <Fact name={i18n._("Available from")}>{formatDateTime(data.availableAtMs)}</Fact>
              <Fact name={i18n._("Time left")}>
                {leftMs === null ? "" : leftMs > 0 ? formatDuration(leftMs) : i18n._("none")}
              </Fact>
            </Facts>
            <ReviewButton
              label={i18n._("Withdraw stake")}
              disabled={!isOperator || leftMs === null || leftMs > 0}
              open={open}
              plan={() => withdrawPlan(peerId, data.amountWei)}
            />
          </div>
        )}
      </Card>
    </>
  );
}
