"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ServiceOffered } from "../../../node/api/welcome.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Choice } from "../../_shared/ui/choice";
import { findRung } from "../_hooks/rung";
import { applyService, useViewOnly } from "../_hooks/use-view-only";
import type { StepProps } from "./step-props";

const options: readonly { value: ServiceOffered; label: string; description: string }[] = [
  {
    value: "view-only",
    label: /*i18n*/ "View-only",
    description: /*i18n*/ "Talks to others and hosts nothing for them. Earns nothing.",
  },
  {
    value: "private",
    label: /*i18n*/ "Private",
    description:
      /*i18n*/ "For your own devices, found by others. Keeps a few records for the network, relays nothing. No stake.",
  },
  {
    value: "public",
    label: /*i18n*/ "Public",
    description: /*i18n*/ "Relays encrypted traffic of others and is paid by the byte. Needs a stake and an open port.",
  },
];

/** What the node is to be: for others, for its owner, or a guest. */
export function ServiceStep({ welcome, status, busy, goTo }: StepProps) {
  const [service, setService] = useState<ServiceOffered>(() => welcome.service ?? suggested(status));
  const { data: setting, error } = useViewOnly();
  const queryClient = useQueryClient();
  const apply = useMutation({
    mutationFn: () => applyService(service, setting),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["settings"] });
      goTo("done", service);
    },
  });
  const { rung } = findRung(status.overlay);
  return (
    <Card title={i18n._("Service")} lead={i18n._("What this node is to be. You can change it at any time.")}>
      <div className="space-y-4">
        <Choice
          legend={i18n._("What it offers")}
          name="service"
          value={service}
          options={options.map(({ value, label, description }) => ({
            value,
            label: i18n._(label),
            description: i18n._(description),
          }))}
          onChange={(next) => {
            setService(next);
            apply.reset();
          }}
        />
        {service === "public" && rung === "relayed" && (
          <Alert tone="warn" title={i18n._("Others cannot dial this machine yet.")}>
            {i18n._(
              "A public node that nobody can dial relays nothing, and its score falls. Forward its ports in your router first, or begin as private.",
            )}
          </Alert>
        )}
        <ErrorAlert error={apply.error ?? error} />
        <Button look="primary" busy={busy || apply.isPending} disabled={!setting} onClick={() => apply.mutate()}>
          {i18n._("Continue")}
        </Button>
      </div>
    </Card>
  );
}

function suggested({ viewOnly, overlay }: StepProps["status"]): ServiceOffered {
  if (viewOnly) return "view-only";
  return findRung(overlay).rung === "direct" ? "public" : "private";
}
