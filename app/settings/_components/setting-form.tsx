"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Setting } from "../../../node/api/settings.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { useChangeSetting } from "../../_shared/node/settings";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { cx } from "../../_shared/ui/cx";
import { Field } from "../../_shared/ui/field";
import { controlClass, Input } from "../../_shared/ui/input";
import { Select } from "../../_shared/ui/select";
import { type Control, controlOf, describeValue, fromText, isOptional, toText, unitOf } from "../_hooks/value";

/** Takes a new value for an option; what the daemon says of it stands below. */
export function SettingForm({ setting, onDone }: { setting: Setting; onDone: () => void }) {
  const control = controlOf(setting);
  const [text, setText] = useState(() => toText(control, setting.next));
  const [problem, setProblem] = useState<string | null>(null);
  const change = useChangeSetting(setting);
  const form = useRef<HTMLFormElement>(null);
  // It opens where the person has just asked for it.
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);

  const save = (event: FormEvent) => {
    event.preventDefault();
    try {
      setProblem(null);
      change.mutate(fromText(control, text), { onSuccess: onDone });
    } catch {
      setProblem(i18n._("This is not valid JSON."));
    }
  };
  const hint = [
    rangeText(control),
    i18n._("default: {value}", { value: describeValue(setting, setting.default) }),
    isOptional(setting) ? i18n._("empty for none") : null,
  ];
  return (
    <form
      ref={form}
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
      }}
      className="grid gap-2"
    >
      <Field
        label={i18n._("New value of {section}.{name}", { section: setting.section, name: setting.name })}
        hint={sentence(hint)}
        error={problem}
      >
        {(props) => <ControlFor {...props} control={control} unit={unitOf(setting)} text={text} onText={setText} />}
      </Field>
      {change.error && <ErrorAlert error={change.error} />}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={change.isPending}>
          {i18n._("Save")}
        </Button>
        <Button look="ghost" onClick={onDone}>
          {i18n._("Cancel")}
        </Button>
      </div>
    </form>
  );
}

interface ControlProps {
  id: string;
  control: Control;
  unit: string | undefined;
  text: string;
  onText: (text: string) => void;
}

function ControlFor({ control, unit, text, onText, ...props }: ControlProps) {
  if (control.kind === "switch" || control.kind === "choice") {
    const options =
      control.kind === "choice"
        ? control.values.map((value) => [value, value])
        : [
            ["true", i18n._("on")],
            ["false", i18n._("off")],
          ];
    return (
      <Select {...props} value={text} onChange={(event) => onText(event.target.value)}>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
    );
  }
  if (control.kind === "lines" || control.kind === "json") {
    return (
      <textarea
        {...props}
        rows={Math.min(8, text.split("\n").length + 1)}
        className={cx(controlClass, "font-mono text-sm")}
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
    );
  }
  const number = control.kind === "number" ? { type: "number", min: control.min, max: control.max, step: "any" } : {};
  return <Input {...props} {...number} unit={unit} value={text} onChange={(event) => onText(event.target.value)} />;
}

function rangeText(control: Control): string | null {
  if (control.kind === "lines") return i18n._("one a line");
  if (control.kind !== "number") return null;
  const { min, max } = control;
  if (min !== undefined && max !== undefined) return i18n._("{min} to {max}", { min, max });
  return min === undefined ? null : i18n._("at least {min}", { min });
}

/** Parts that there are, as one sentence. */
function sentence(parts: readonly (string | null)[]): string {
  const text = parts.filter((part) => part !== null).join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
