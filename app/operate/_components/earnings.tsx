"use client";

import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { formatNumber, formatShm } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Costs, type Estimate, estimate, fewestDays, fewestNodes, type Range } from "../_hooks/estimate";
import type { Offer } from "../_hooks/use-offer";
import { usePrices } from "../_hooks/use-prices";
import { useRealised } from "../_hooks/use-realised";
import { PriceFields } from "./price-fields";

interface EarningsProps {
  network: Network;
  nexusAddress: `0x${string}`;
  offer: Offer;
  priceWeiPerGiB: bigint;
}

/** What nodes like this one earned, and what would be left of it: never a number that nobody was paid. */
export function Earnings(props: EarningsProps) {
  const { network, offer } = props;
  return (
    <Card
      title={i18n._("What such nodes earn")}
      lead={i18n._("By the vouchers that were redeemed on chain in the last 30 days.")}
    >
      {offer.nodeType === "light_private" ? (
        <Note>{i18n._("A private node carries nothing for others, so it earns nothing.")}</Note>
      ) : network.paymentsAddress === null ? (
        <Note>{i18n._("On this chain relaying is free: nothing is earned.")}</Note>
      ) : offer.region === "" || !(offer.bandwidthMbps > 0) ? (
        <Note>{i18n._("Choose a region and a bandwidth, to compare with nodes like yours.")}</Note>
      ) : (
        <Comparison {...props} />
      )}
    </Card>
  );
}

const Note = ({ children }: { children: string }) => <p className="text-[0.93rem] text-muted">{children}</p>;

function Comparison({ network, nexusAddress, offer, priceWeiPerGiB }: EarningsProps) {
  const { data, error } = useRealised(network, nexusAddress, offer);
  const { prices, change } = usePrices();
  if (!data) return error ? <ExplainedError error={error} /> : <Skeleton lines={5} />;
  const found = estimate(data, priceWeiPerGiB, prices);
  return (
    <div className="space-y-4">
      {found.kind === "range" ? <EarnedRange found={found} /> : <TooLittle found={found} />}
      <Facts>
        <Fact name={i18n._("Nodes compared")}>
          {i18n._("{nodes}, {paid} of them paid", { nodes: found.nodes, paid: found.paid })}
        </Fact>
        <Fact name={i18n._("Days")}>{found.days}</Fact>
        <Fact name={i18n._("Price")}>{i18n._("{price} per GiB", { price: formatShm(priceWeiPerGiB, 6) })}</Fact>
        {found.kind === "range" ? <CostFacts found={found} /> : null}
      </Facts>
      <PriceFields prices={prices} onChange={change} />
      <p className="text-muted text-sm">
        {i18n._(
          "Compared are active nodes of the same type and region with half to twice the bandwidth, also those that nobody paid. What they earned is no promise: it depends on demand. Who stakes on your node has a share of it.",
        )}
      </p>
    </div>
  );
}

type RangeFound = Extract<Estimate, { kind: "range" }>;

function EarnedRange({ found: { after, before, costs } }: { found: RangeFound }) {
  return (
    <div>
      <p className="tabular-nums">
        <span className="font-semibold text-2xl tracking-tight">{rangeText(after)}</span>
        <span className="text-muted"> {i18n._("in 30 days")}</span>
      </p>
      <p className="text-[0.93rem] text-muted">
        {costs.subtracted
          ? i18n._("Half of the nodes lie within, {middle} in the middle, after gas and your costs.", {
              middle: shm(after.middleWei),
            })
          : i18n._("Half of the nodes lie within, {middle} in the middle, after gas alone.", {
              middle: shm(after.middleWei),
            })}{" "}
        {i18n._("Before all costs: {range}.", { range: rangeText(before) })}
      </p>
    </div>
  );
}

function TooLittle({ found }: { found: Extract<Estimate, { kind: "too-little" }> }) {
  return (
    <Alert title={i18n._("There is too little data for an estimate.")}>
      {i18n._(
        "It takes {nodes} nodes and {days} days. So far those compared were paid {paid} in all, and redeeming cost {gas} of gas.",
        { nodes: fewestNodes, days: fewestDays, paid: formatShm(found.paidWei, 6), gas: formatShm(found.gasWei, 6) },
      )}
    </Alert>
  );
}

function CostFacts({ found: { gasWei, costs } }: { found: RangeFound }) {
  return (
    <>
      <Fact name={i18n._("Gas in 30 days")}>{formatShm(gasWei, 6)}</Fact>
      <Fact name={i18n._("Power in 30 days")}>{money(costs.power, costs)}</Fact>
      <Fact name={i18n._("Traffic in 30 days")}>{money(costs.traffic, costs)}</Fact>
    </>
  );
}

function money(amount: number | null, { subtracted }: Costs): string {
  if (amount === null) return i18n._("not known");
  const text = formatNumber(amount, 2);
  return subtracted ? text : i18n._("{amount}, not subtracted", { amount: text });
}

const shm = (wei: bigint) => (wei < 0n ? `−${formatShm(-wei, 2)}` : formatShm(wei, 2));

function rangeText({ lowWei, highWei }: Range): string {
  return i18n._("{low} to {high}", { low: shm(lowWei), high: shm(highWei) });
}
