"use client";

import { Trans } from "@lingui/react";
import type { Earnings } from "../../../node/services/payments/api.ts";
import { ConnectFailure } from "../../_shared/chain/connect-failure";
import { ExplainedError } from "../../_shared/chain/explained-error";
import { openWalletDialog, useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { formatBytes, formatPercent, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Link } from "../../_shared/ui/link";
import { Tip } from "../../_shared/ui/tip";
import type { Redeem } from "../_hooks/redeem";
import { feePercent } from "../_hooks/redeem-plan";

export function TotalsCard({ earnings, redeem }: { earnings: Earnings; redeem: Redeem }) {
  const { address } = useWalletAccount();
  const { total, pricePerGiBWei, freeBytesPerDay, redeemFeeWei } = earnings;
  const redeemableWei = BigInt(total.redeemableWei);
  const fee = feePercent(earnings);
  const walletWanted = !address && redeemableWei > 0n;
  return (
    <Card title={i18n._("In all")}>
      <div className="space-y-4">
        <Facts className="sm:grid-cols-2">
          <Fact name={i18n._("Relayed")}>{formatBytes(total.relayedBytes)}</Fact>
          <Fact name={i18n._("Price")}>
            {pricePerGiBWei === null
              ? i18n._("not known, nothing is charged")
              : i18n._("{price} per GiB", { price: formatShm(pricePerGiBWei, 6) })}
          </Fact>
          <Fact name={i18n._("Charged")}>{formatShm(total.chargedWei, 6)}</Fact>
          <Fact name={i18n._("Free for each client")}>
            {i18n._("{bytes} a day", { bytes: formatBytes(freeBytesPerDay) })}
          </Fact>
          <Fact
            name={i18n._("In vouchers")}
            tip={
              <Tip about={i18n._("vouchers")}>
                {i18n._("A client signs for what it had relayed. Each voucher stands for all before it.")}
              </Tip>
            }
          >
            {formatShm(total.vouchedWei, 6)}
          </Fact>
          <Fact name={i18n._("Redeemed")}>{formatShm(total.redeemedWei, 6)}</Fact>
          <Fact name={i18n._("To redeem now")}>
            <strong>{formatShm(redeemableWei, 6)}</strong>
          </Fact>
          <Fact name={i18n._("Gas for it")}>
            {redeemFeeWei === null
              ? redeemableWei > 0n
                ? i18n._("not known, the chain is silent")
                : i18n._("none")
              : fee === null
                ? formatShm(redeemFeeWei, 6)
                : i18n._("{amount} ({percent})", { amount: formatShm(redeemFeeWei, 6), percent: formatPercent(fee) })}
          </Fact>
          <Fact
            name={i18n._("Redeemed by itself")}
            tip={
              <Tip about={i18n._("automatic redeeming")}>
                <Trans
                  id="Set by <0>payments.autoRedeemMaxFeePercent</0>. The node key's account pays the gas, so it needs some SHM. A client that leaves is always redeemed in time where that pays."
                  components={{ 0: <code /> }}
                />
              </Tip>
            }
          >
            {earnings.autoRedeemMaxFeePercent === null
              ? i18n._("only where a client leaves")
              : i18n._("once gas is at most {percent}", {
                  percent: formatPercent(earnings.autoRedeemMaxFeePercent),
                })}{" "}
            <Link
              href="/settings/?search=payments.autoRedeemMaxFeePercent"
              className="font-medium text-accent hover:underline"
            >
              {i18n._("Change")}
            </Link>
          </Fact>
        </Facts>
        <ExplainedError error={redeem.error} />
        {walletWanted && <ConnectFailure />}
        <div className="flex flex-wrap items-center gap-3">
          {walletWanted ? (
            <Button onClick={openWalletDialog}>{i18n._("Choose a wallet to redeem")}</Button>
          ) : (
            <Button look="primary" busy={redeem.busy} disabled={redeemableWei === 0n} onClick={() => redeem.start()}>
              {i18n._("Redeem all")}
            </Button>
          )}
          <p className="text-muted text-sm">
            <Trans
              id="Commission that was paid waits under <0>Stake</0> for the operator to claim."
              components={{ 0: <Link href="/stake/" className="font-medium text-accent hover:underline" /> }}
            />
          </p>
        </div>
      </div>
    </Card>
  );
}
