"use client";

import { useDeferredValue } from "react";
import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Card } from "../../_shared/ui/card";
import { changePlan } from "../_hooks/plans";
import { type LightType, offerErrors, useOffer } from "../_hooks/use-offer";
import type { Terms } from "../_hooks/use-terms";
import { Earnings } from "./earnings";
import { OfferFields } from "./offer-fields";
import { useIsOperator } from "./operator-wallet";
import { ReviewButton } from "./review-button";

interface ChangeOfferProps {
  open: OpenPlan;
  terms: Terms;
  registration: Registration;
  viewOnly: boolean;
  network: Network;
  nexusAddress: `0x${string}`;
}

export function ChangeOffer(props: ChangeOfferProps) {
  const { nodeType } = props.registration;
  if (nodeType === "backbone_auth") {
    return (
      <Card title={i18n._("What you offer")}>
        <p className="text-muted">{i18n._("A backbone node is steered from the backbone's own settings.")}</p>
      </Card>
    );
  }
  return <Form {...props} nodeType={nodeType} />;
}

function Form({
  network,
  nexusAddress,
  open,
  terms,
  registration,
  viewOnly,
  nodeType,
}: ChangeOfferProps & { nodeType: LightType }) {
  const { region, bandwidthMbps } = registration;
  const { offer, change } = useOffer(() => ({ nodeType, region, bandwidthMbps }));
  // As `useUnhurried`: it is further down.
  const further = useDeferredValue(true, false);
  const isOperator = useIsOperator(registration.operator);
  // A node may stay in a region that was closed after it came.
  const regions = terms.regions.includes(region) ? terms.regions : [region, ...terms.regions];
  const errors = offerErrors(offer, regions);
  const changed = offer.nodeType !== nodeType || offer.region !== region || offer.bandwidthMbps !== bandwidthMbps;
  const missingWei = terms.minimumStakeWei[offer.nodeType] - BigInt(registration.stakeWei);
  const addedWei = offer.nodeType !== nodeType && missingWei > 0n ? missingWei : 0n;
  return (
    <>
      <Card title={i18n._("What you offer")}>
        <div className="space-y-4">
          <OfferFields
            offer={offer}
            viewOnly={viewOnly}
            regions={regions}
            errors={errors}
            onChange={(part) => {
              change(part);
              if (!open.busy) open.reset();
            }}
          />
          {addedWei > 0n && (
            <Alert title={i18n._("{amount} are added to the stake.", { amount: formatShm(addedWei) })}>
              {i18n._("A public node needs at least that much more.")}
            </Alert>
          )}
          <ReviewButton
            label={i18n._("Save changes")}
            disabled={!isOperator || !changed || terms.paused || Boolean(errors.region || errors.bandwidth)}
            open={open}
            plan={() => changePlan(registration, offer, addedWei)}
          />
        </div>
      </Card>
      {further && (
        <Earnings network={network} nexusAddress={nexusAddress} offer={offer} priceWeiPerGiB={terms.priceWeiPerGiB} />
      )}
    </>
  );
}
