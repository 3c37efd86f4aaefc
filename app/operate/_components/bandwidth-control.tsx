"use client";

import type { ComponentProps } from "react";
import { formatNumber } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Input } from "../../_shared/ui/input";
import { Slider } from "../../_shared/ui/slider";
import { bandwidthRange, maxBandwidthMbps } from "../_hooks/use-offer";

type SliderProps = Pick<ComponentProps<"input">, "id" | "aria-describedby" | "aria-invalid">;

interface BandwidthControlProps extends SliderProps {
  /** Mbit/s; NaN for what is no number yet. */
  mbps: number;
  /** What the box is called, beside the slider. */
  boxLabel: string;
  /** Where the slider stands while the box is empty, and what it says then. */
  empty: { at: number; text: string };
  /** The least that the box takes, in Mbit/s. */
  least: number;
  disabled?: boolean;
  onChange: (mbps: number) => void;
}

/** A slider for the usual range, and a box for an exact figure beyond it. */
export function BandwidthControl(props: BandwidthControlProps) {
  const { mbps, boxLabel, empty, least, disabled, onChange, ...slider } = props;
  const isEmpty = Number.isNaN(mbps);
  const change = (text: string) => onChange(text === "" ? Number.NaN : Number(text));
  return (
    <div className="flex items-center gap-4">
      <Slider
        {...slider}
        {...bandwidthRange}
        disabled={disabled}
        value={isEmpty ? empty.at : mbps}
        aria-valuetext={isEmpty ? empty.text : i18n._("{value} Mbit/s", { value: formatNumber(mbps) })}
        onChange={(event) => change(event.target.value)}
      />
      <div className="w-36 shrink-0">
        <Input
          type="number"
          inputMode="decimal"
          min={least}
          max={maxBandwidthMbps}
          step="any"
          unit="Mbit/s"
          placeholder={empty.text}
          disabled={disabled}
          aria-label={boxLabel}
          aria-invalid={slider["aria-invalid"]}
          aria-describedby={slider["aria-describedby"]}
          value={isEmpty ? "" : mbps}
          onChange={(event) => change(event.target.value)}
        />
      </div>
    </div>
  );
}
