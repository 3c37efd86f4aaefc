import type { ReactNode } from "react";
import { cx } from "./cx";

interface ChoiceProps<V extends string> {
  legend: string;
  name: string;
  value: V;
  options: readonly { value: V; label: string; description: ReactNode }[];
  onChange: (value: V) => void;
}

/** One of a few, each with its consequences beside it. */
export function Choice<V extends string>({ legend, name, value, options, onChange }: ChoiceProps<V>) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium text-[0.93rem]">{legend}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {options.map((option) => {
          const id = `${name}-${option.value}`;
          return (
            <label
              key={option.value}
              htmlFor={id}
              className={cx(
                "flex cursor-pointer gap-2.5 rounded-md border p-3 has-focus-visible:outline-2 has-focus-visible:outline-accent",
                value === option.value ? "border-accent bg-accent-soft" : "border-line-strong/60 hover:bg-raised",
              )}
            >
              <input
                id={id}
                type="radio"
                name={name}
                value={option.value}
                checked={value === option.value}
                onChange={() => onChange(option.value)}
                aria-label={option.label}
                aria-describedby={`${id}-note`}
                className="mt-1 size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0">
                <span className="block font-semibold">{option.label}</span>
                <span id={`${id}-note`} className="block text-muted text-sm">
                  {option.description}
                </span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
