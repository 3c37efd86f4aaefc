"use client";

import { useState } from "react";
import { parseShm, shmText } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import { ConnectFirst } from "../../_shared/chain/connect-first";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { useWalletAccount } from "../../_shared/chain/wallet-bridge";
import { formatDuration, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Skeleton } from "../../_shared/ui/skeleton";
import { Tip } from "../../_shared/ui/tip";
import { guessRegion, offerErrors, typeFromSearch, useOffer } from "../_hooks/use-offer";
import { useRegistration } from "../_hooks/use-registration";
import type { Terms } from "../_hooks/use-terms";
import { Earnings } from "./earnings";
import { OfferFields } from "./offer-fields";
import { Review } from "./review";

interface RegisterProps {
  network: Network;
  nexusAddress: `0x${string}`;
  terms: Terms | undefined;
  viewOnly: boolean;
}

export function Register({ terms, ...props }: RegisterProps) {
  return terms ? <Form {...props} terms={terms} /> : <Skeleton lines={8} />;
}

/** Choose, see what it costs and may earn, review, sign. */
function Form({ network, nexusAddress, terms, viewOnly }: RegisterProps & { terms: Terms }) {
  const { address } = useWalletAccount();
  const { offer, change } = useOffer(() => ({
    nodeType: viewOnly ? "light_private" : (typeFromSearch(window.location.search) ?? "light_public"),
    region: guessRegion(),
    bandwidthMbps: 100,
  }));
  const [typedStake, setTypedStake] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const { prepare, send } = useRegistration(network);

  const minimumWei = terms.minimumStakeWei[offer.nodeType];
  const stakeText = typedStake ?? shmText(minimumWei);
  const stakeWei = parseShm(stakeText);
  const errors = offerErrors(offer, terms.regions);
  const stakeError =
    stakeWei === null
      ? i18n._("Enter an amount such as 100 or 0.5.")
      : stakeWei < minimumWei
        ? i18n._("Stake at least {amount}.", { amount: formatShm(minimumWei) })
        : null;

  const changed = () => {
    if (prepare.isError) prepare.reset();
  };
  const review = () => {
    setTried(true);
    if (errors.region || errors.bandwidth || stakeError || stakeWei === null || !address) return;
    prepare.mutate({ offer, stakeWei, operator: address });
  };

  // The daemon is about to see it.
  if (send.isSuccess) return <Skeleton lines={8} />;
  const prepared = prepare.data;
  if (prepared && prepared.account === address) {
    const back = () => {
      prepare.reset();
      send.reset();
    };
    return <Review network={network} terms={terms} prepared={prepared} send={send} onBack={back} />;
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
      <Card title={i18n._("Register node")}>
        <div className="space-y-4">
          <ConnectFirst network={network} signer={i18n._("Operator")}>
            {i18n._("The wallet that registers the node becomes its operator.")}
          </ConnectFirst>
          <OfferFields
            offer={offer}
            viewOnly={viewOnly}
            regions={terms.regions}
            errors={tried ? errors : { region: null, bandwidth: errors.bandwidth }}
            onChange={(part) => {
              change(part);
              changed();
            }}
          />
          <AmountField
            label={i18n._("Stake")}
            tip={
              <Tip about={i18n._("stake")}>
                {i18n._(
                  "A deposit that vouches for the node. It stays yours: leave any time, and after the unbonding period you withdraw it.",
                )}
              </Tip>
            }
            value={stakeText}
            hint={i18n._("{least}; yours again {time} after you leave.", {
              least:
                minimumWei === 0n
                  ? i18n._("None is needed")
                  : i18n._("At least {amount}", { amount: formatShm(minimumWei) }),
              time: formatDuration(terms.unbondingMs),
            })}
            error={stakeError}
            onChange={(text) => {
              setTypedStake(text);
              changed();
            }}
          />
          <ExplainedError error={prepare.error} />
          <div className="flex flex-wrap items-center gap-3">
            <Button look="primary" busy={prepare.isPending} disabled={!address || terms.paused} onClick={review}>
              {i18n._("Review")}
            </Button>
            {!address && <p className="text-muted text-sm">{i18n._("Connect a wallet first.")}</p>}
          </div>
        </div>
      </Card>
      <Earnings network={network} nexusAddress={nexusAddress} offer={offer} priceWeiPerGiB={terms.priceWeiPerGiB} />
    </div>
  );
}
