"use client";

import Link from "next/link";
import { useAccount } from "wagmi";
import type { Earnings } from "../../../node/services/payments/api.ts";
import { ExplainedError } from "../../_shared/chain/explained-error";
import { openWalletDialog } from "../../_shared/chain/wallet-bridge";
import { formatBytes, formatShm } from "../../_shared/node/format";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Tip } from "../../_shared/ui/tip";
import type { Redeem } from "../_hooks/redeem";
import { feePercent } from "../_hooks/redeem-plan";

export function TotalsCard({ earnings, redeem }: { earnings: Earnings; redeem: Redeem }) {
  const { address } = useAccount();
  const { total, pricePerGiBWei, freeBytesPerDay, redeemFeeWei } = earnings;
  const redeemableWei = BigInt(total.redeemableWei);
  const fee = feePercent(earnings);
  return (
    <Card title="In all">
      <div className="space-y-4">
        <Facts className="sm:grid-cols-2">
          <Fact name="Relayed">{formatBytes(total.relayedBytes)}</Fact>
          <Fact name="Price">
            {pricePerGiBWei === null ? "not known, nothing is charged" : `${formatShm(pricePerGiBWei, 6)} per GiB`}
          </Fact>
          <Fact name="Charged">{formatShm(total.chargedWei, 6)}</Fact>
          <Fact name="Free for each client">{formatBytes(freeBytesPerDay)} a day</Fact>
          <Fact
            name="In vouchers"
            tip={
              <Tip about="vouchers">A client signs for what it had relayed. Each voucher stands for all before it.</Tip>
            }
          >
            {formatShm(total.vouchedWei, 6)}
          </Fact>
          <Fact name="Redeemed">{formatShm(total.redeemedWei, 6)}</Fact>
          <Fact name="To redeem now">
            <strong>{formatShm(redeemableWei, 6)}</strong>
          </Fact>
          <Fact name="Gas for it">
            {redeemFeeWei === null
              ? redeemableWei > 0n
                ? "not known, the chain is silent"
                : "none"
              : `${formatShm(redeemFeeWei, 6)}${fee === null ? "" : ` (${fee} %)`}`}
          </Fact>
          <Fact
            name="Redeemed by itself"
            tip={
              <Tip about="automatic redeeming">
                Set by <code>payments.autoRedeemMaxFeePercent</code>. The node key's account pays the gas, so it needs
                some SHM. A client that leaves is always redeemed in time where that pays.
              </Tip>
            }
          >
            {earnings.autoRedeemMaxFeePercent === null
              ? "only where a client leaves"
              : `once gas is at most ${earnings.autoRedeemMaxFeePercent} %`}
          </Fact>
        </Facts>
        <ExplainedError error={redeem.error} />
        <div className="flex flex-wrap items-center gap-3">
          {address || redeemableWei === 0n ? (
            <Button look="primary" busy={redeem.busy} disabled={redeemableWei === 0n} onClick={() => redeem.start()}>
              Redeem all
            </Button>
          ) : (
            <Button onClick={openWalletDialog}>Choose a wallet to redeem</Button>
          )}
          <p className="text-muted text-sm">
            Commission that was paid waits under{" "}
            <Link href="/stake/" className="font-medium text-accent hover:underline">
              Stake
            </Link>{" "}
            for the operator to claim.
          </p>
        </div>
      </div>
    </Card>
  );
}
