"use client";

import { useState } from "react";
import { i18n } from "../../_shared/text/i18n";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import type { Prices } from "../_hooks/estimate";
import { parsePrice, priceText } from "../_hooks/use-prices";

const fields: readonly { name: keyof Prices; label: string; unit?: string }[] = [
  { name: "shm", label: /*i18n*/ "1 SHM is worth" },
  { name: "watts", label: /*i18n*/ "Power drawn", unit: "W" },
  { name: "perKilowattHour", label: /*i18n*/ "Price of a kWh" },
  { name: "perTerabyte", label: /*i18n*/ "Price of a terabyte of traffic" },
];

interface PriceFieldsProps {
  prices: Prices;
  onChange: (part: Partial<Prices>) => void;
}

/** What the operator pays, in one currency of his own. */
export function PriceFields({ prices, onChange }: PriceFieldsProps) {
  return (
    <details className="rounded-md border border-line px-3 py-2">
      <summary className="cursor-pointer font-medium text-[0.93rem]">{i18n._("Your costs")}</summary>
      <p className="mt-1 mb-3 text-muted text-sm">
        {i18n._("In any one currency; kept in this browser. What is left empty is not subtracted.")}
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        {fields.map(({ name, label, unit }) => (
          <PriceField
            key={name}
            label={i18n._(label)}
            unit={unit}
            value={prices[name]}
            onChange={(value) => onChange({ [name]: value })}
          />
        ))}
      </div>
    </details>
  );
}

interface PriceFieldProps {
  label: string;
  unit: string | undefined;
  value: number | null;
  onChange: (value: number | null) => void;
}

function PriceField({ label, unit, value, onChange }: PriceFieldProps) {
  const [text, setText] = useState(priceText(value));
  const wrong = parsePrice(text) === undefined;
  return (
    <Field label={label} error={wrong ? i18n._("Enter a number such as 0.3.") : null}>
      {(props) => (
        <Input
          {...props}
          inputMode="decimal"
          autoComplete="off"
          unit={unit}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const parsed = parsePrice(event.target.value);
            if (parsed !== undefined) onChange(parsed);
          }}
        />
      )}
    </Field>
  );
}
