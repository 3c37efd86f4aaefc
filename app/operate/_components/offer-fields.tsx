"use client";

import { RegionOptions } from "../../_shared/node/options";
import { i18n } from "../../_shared/text/i18n";
import { Choice } from "../../_shared/ui/choice";
import { Field } from "../../_shared/ui/field";
import { Select } from "../../_shared/ui/select";
import { bandwidthRange, type LightType, type Offer } from "../_hooks/use-offer";
import { BandwidthControl } from "./bandwidth-control";

const types: readonly { value: LightType; label: string; description: string }[] = [
  {
    value: "light_private",
    label: /*i18n*/ "Private",
    description: /*i18n*/ "For your own devices. Carries nothing for others, earns nothing, needs no stake.",
  },
  {
    value: "light_public",
    label: /*i18n*/ "Public",
    description:
      /*i18n*/ "Relays encrypted traffic of others and is paid for it by the byte. Needs a stake and an open port.",
  },
];

interface OfferFieldsProps {
  offer: Offer;
  /** A node that hosts nothing for others can be private alone. */
  viewOnly: boolean;
  regions: readonly string[];
  errors: { region: string | null; bandwidth: string | null };
  onChange: (part: Partial<Offer>) => void;
}

/** Type, region and bandwidth: the same for a new node and for a registered one. */
export function OfferFields({ offer, viewOnly, regions, errors, onChange }: OfferFieldsProps) {
  return (
    <div className="space-y-4">
      <Choice
        legend={i18n._("Node type")}
        name="node-type"
        value={offer.nodeType}
        options={types
          .filter(({ value }) => !viewOnly || value === "light_private")
          .map(({ value, label, description }) => ({
            value,
            label: i18n._(label),
            description: i18n._(description),
          }))}
        onChange={(nodeType) => onChange({ nodeType })}
      />
      <Field
        label={i18n._("Region")}
        error={errors.region}
        hint={i18n._("Where the machine stands: others prefer nodes nearby.")}
      >
        {(props) => (
          <Select {...props} value={offer.region} onChange={(event) => onChange({ region: event.target.value })}>
            <option value="" disabled>
              {i18n._("Choose a region")}
            </option>
            <RegionOptions regions={regions} />
          </Select>
        )}
      </Field>
      <Field
        label={i18n._("Bandwidth")}
        error={errors.bandwidth}
        hint={i18n._("The most that the node may use, in each direction.")}
      >
        {(props) => (
          <BandwidthControl
            {...props}
            mbps={offer.bandwidthMbps}
            boxLabel={i18n._("Bandwidth in Mbit/s")}
            empty={{ at: bandwidthRange.min, text: "" }}
            least={1}
            onChange={(bandwidthMbps) => onChange({ bandwidthMbps })}
          />
        )}
      </Field>
    </div>
  );
}
