"use client";

import type { Setting } from "../../../node/api/settings.ts";
import { fixedText } from "../../_shared/node/settings";
import { i18n } from "../../_shared/text/i18n";
import { Field } from "../../_shared/ui/field";
import { capError, type LimitSettings, leastMbps, type RelayLimits, titles } from "../_hooks/relay-limits";
import { bandwidthRange } from "../_hooks/use-offer";
import { BandwidthControl } from "./bandwidth-control";
import { ScheduleFields } from "./schedule-fields";

interface RelayLimitsFieldsProps {
  settings: LimitSettings;
  limits: RelayLimits;
  onChange: (part: Partial<RelayLimits>) => void;
}

/** Caps for all, for each, and for parts of the day. */
export function RelayLimitsFields({ settings, limits, onChange }: RelayLimitsFieldsProps) {
  return (
    <div className="grid items-start gap-x-8 gap-y-4 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <CapField
          label={i18n._(titles.total)}
          boxLabel={i18n._("All peers together in Mbit/s")}
          setting={settings.total}
          mbps={limits.total}
          onChange={(total) => onChange({ total })}
        />
        <CapField
          label={i18n._(titles.perPeer)}
          boxLabel={i18n._("Each peer in Mbit/s")}
          setting={settings.perPeer}
          mbps={limits.perPeer}
          onChange={(perPeer) => onChange({ perPeer })}
        />
      </div>
      <ScheduleFields
        setting={settings.schedule}
        schedule={limits.schedule}
        onChange={(schedule) => onChange({ schedule })}
      />
    </div>
  );
}

interface CapFieldProps {
  label: string;
  boxLabel: string;
  setting: Setting;
  mbps: number;
  onChange: (mbps: number) => void;
}

function CapField({ label, boxLabel, setting, mbps, onChange }: CapFieldProps) {
  return (
    <Field
      label={label}
      error={capError(mbps)}
      hint={setting.editable ? i18n._("Empty for no cap.") : i18n._("Set {where}.", { where: fixedText(setting) })}
    >
      {(props) => (
        <BandwidthControl
          {...props}
          mbps={mbps}
          boxLabel={boxLabel}
          empty={{ at: bandwidthRange.max, text: i18n._("no cap") }}
          least={leastMbps}
          disabled={!setting.editable}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
