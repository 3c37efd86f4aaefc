"use client";

import { Trash2 } from "lucide-react";
import type { Setting } from "../../../node/api/settings.ts";
import { fixedText } from "../../_shared/node/settings";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { capError, leastMbps, type Times, timeError, titles } from "../_hooks/relay-limits";
import { maxBandwidthMbps } from "../_hooks/use-offer";

/** Of a night, which is what most will want to add. */
const night: Times = { from: "22:00", to: "06:00", mbps: Number.NaN };

interface ScheduleFieldsProps {
  setting: Setting;
  schedule: readonly Times[];
  onChange: (schedule: readonly Times[]) => void;
}

/** Other caps for all peers together at times of the day. */
export function ScheduleFields({ setting, schedule, onChange }: ScheduleFieldsProps) {
  return (
    <fieldset disabled={!setting.editable} className="min-w-0 space-y-3">
      <legend className="font-medium text-[0.93rem]">{i18n._(titles.schedule)}</legend>
      <p className="text-muted text-sm">
        {setting.editable
          ? i18n._("Another cap for all peers together, by this machine's clock. The first that holds is taken.")
          : i18n._("Set {where}.", { where: fixedText(setting) })}
      </p>
      {schedule.map((times, index) => (
        <TimesFields
          // Two may be alike: its place is what tells one from the others.
          key={index}
          number={index + 1}
          times={times}
          onChange={(part) => onChange(schedule.with(index, { ...times, ...part }))}
          onRemove={() => onChange(schedule.toSpliced(index, 1))}
        />
      ))}
      <Button onClick={() => onChange([...schedule, night])}>{i18n._("Add times")}</Button>
    </fieldset>
  );
}

interface TimesFieldsProps {
  number: number;
  times: Times;
  onChange: (part: Partial<Times>) => void;
  onRemove: () => void;
}

function TimesFields({ number, times: { from, to, mbps }, onChange, onRemove }: TimesFieldsProps) {
  return (
    <fieldset
      aria-label={i18n._("Times {number}", { number })}
      className="grid min-w-0 grid-cols-[1fr_1fr_auto] items-start gap-2 sm:grid-cols-[7rem_7rem_1fr_auto]"
    >
      <Field label={i18n._("From")} error={timeError(from)}>
        {(props) => (
          <Input {...props} type="time" value={from} onChange={(event) => onChange({ from: event.target.value })} />
        )}
      </Field>
      <Field label={i18n._("To")} error={timeError(to)}>
        {(props) => (
          <Input {...props} type="time" value={to} onChange={(event) => onChange({ to: event.target.value })} />
        )}
      </Field>
      <div className="max-sm:order-last max-sm:col-span-3">
        <Field label={i18n._("Cap")} error={capError(mbps)}>
          {(props) => (
            <Input
              {...props}
              type="number"
              inputMode="decimal"
              min={leastMbps}
              max={maxBandwidthMbps}
              step="any"
              unit="Mbit/s"
              placeholder={i18n._("no cap")}
              value={Number.isNaN(mbps) ? "" : mbps}
              onChange={(event) =>
                onChange({ mbps: event.target.value === "" ? Number.NaN : Number(event.target.value) })
              }
            />
          )}
        </Field>
      </div>
      <Button
        look="ghost"
        className="mt-6 px-2"
        aria-label={i18n._("Remove times {number}", { number })}
        onClick={onRemove}
      >
        <Trash2 aria-hidden className="size-4" />
      </Button>
    </fieldset>
  );
}
