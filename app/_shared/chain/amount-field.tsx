import type { ReactNode } from "react";
import { Field } from "../ui/field";
import { Input } from "../ui/input";

interface AmountFieldProps {
  label: string;
  tip?: ReactNode;
  value: string;
  hint: string;
  error: string | null;
  onChange: (text: string) => void;
}

/** An amount of SHM. */
export function AmountField({ label, tip, value, hint, error, onChange }: AmountFieldProps) {
  return (
    <Field label={label} tip={tip} hint={hint} error={error}>
      {(props) => (
        <Input
          {...props}
          inputMode="decimal"
          autoComplete="off"
          unit="SHM"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
