"use client";

import { useState } from "react";
import { formatBytes, formatNumber, formatShm } from "../../_shared/node/format";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Field } from "../../_shared/ui/field";
import { Slider } from "../../_shared/ui/slider";
import { monthlyEarnings } from "../_hooks/earnings";
import type { Offer } from "../_hooks/use-offer";

const assumedPercent = 5;

interface EarningsProps {
  offer: Offer;
  priceWeiPerGiB: bigint;
}

/** An estimate with its one assumption in the open. */
export function Earnings({ offer, priceWeiPerGiB }: EarningsProps) {
  const [percent, setPercent] = useState(assumedPercent);
  return (
    <Card title="Projected earnings">
      {offer.nodeType === "light_private" ? (
        <p className="text-[0.93rem] text-muted">A private node carries nothing for others, so it earns nothing.</p>
      ) : (
        <Projection offer={offer} priceWeiPerGiB={priceWeiPerGiB} percent={percent} onPercent={setPercent} />
      )}
    </Card>
  );
}

interface ProjectionProps {
  offer: Offer;
  priceWeiPerGiB: bigint;
  percent: number;
  onPercent: (percent: number) => void;
}

function Projection({ offer, priceWeiPerGiB, percent, onPercent }: ProjectionProps) {
  const { bytes, wei } = monthlyEarnings(offer.bandwidthMbps, percent, priceWeiPerGiB);
  return (
    <div className="space-y-3">
      <p className="tabular-nums">
        <span className="font-semibold text-2xl tracking-tight">{formatShm(wei, 2)}</span>
        <span className="text-muted"> in 30 days</span>
      </p>
      <Field label="Assumed utilisation" hint="How much of the bandwidth others use and pay for, on average.">
        {(props) => (
          <div className="flex items-center gap-3">
            <Slider
              {...props}
              min={0}
              max={100}
              value={percent}
              aria-valuetext={`${percent} %`}
              onChange={(event) => onPercent(Number(event.target.value))}
            />
            <span className="w-12 text-right tabular-nums">{percent} %</span>
          </div>
        )}
      </Field>
      <Facts>
        <Fact name="Bandwidth">
          {Number.isNaN(offer.bandwidthMbps) ? "–" : `${formatNumber(offer.bandwidthMbps)} Mbit/s`}
        </Fact>
        <Fact name="Traffic in 30 days">{formatBytes(bytes)}</Fact>
        <Fact name="Price">{formatShm(priceWeiPerGiB, 6)} per GiB</Fact>
      </Facts>
      <p className="text-muted text-sm">
        This is an estimate, not a promise: what a node earns depends on demand, and may be nothing. Each client's free
        daily allowance and your own costs for power and traffic are not subtracted.
      </p>
    </div>
  );
}
