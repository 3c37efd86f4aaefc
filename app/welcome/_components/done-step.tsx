"use client";

import { Trans } from "@lingui/react";
import type { ServiceOffered } from "../../../node/api/welcome.ts";
import { formatDateTime } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button, ButtonLink } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { useViewOnly } from "../_hooks/use-view-only";
import type { StepProps } from "./step-props";

const names: Record<ServiceOffered, string> = {
  "view-only": /*i18n*/ "View-only",
  private: /*i18n*/ "Private",
  public: /*i18n*/ "Public",
};

/** What was chosen, what is still open, and where to go. */
export function DoneStep({ welcome, status, goTo }: StepProps) {
  const { terms, phrase, service } = welcome;
  const { data: viewOnly } = useViewOnly();
  const restart = viewOnly !== undefined && viewOnly.next !== viewOnly.value;
  // A view-only node can be registered, as private alone; it is found by others then.
  const type = service === "public" ? "public" : "private";
  return (
    <Card title={i18n._("Done")} lead={i18n._("Your node is set up.")}>
      <div className="space-y-4">
        <Facts>
          <Fact name={i18n._("Terms")}>
            {terms.accepted
              ? i18n._("accepted on {date}", { date: formatDateTime(terms.accepted.atMs) })
              : i18n._("open")}
          </Fact>
          <Fact name={i18n._("Recovery phrase")}>
            {phrase.confirmedAtMs === null
              ? i18n._("no confirmed backup")
              : i18n._("confirmed on {date}", { date: formatDateTime(phrase.confirmedAtMs) })}
          </Fact>
          <Fact name={i18n._("Service")}>{service ? i18n._(names[service]) : i18n._("not chosen")}</Fact>
          <Fact name={i18n._("Registered")}>{status.registration ? i18n._("yes") : i18n._("not yet")}</Fact>
        </Facts>
        {phrase.confirmedAtMs === null && (
          <Alert
            tone="warn"
            title={i18n._("There is no confirmed backup of the recovery phrase.")}
            action={<Button onClick={() => goTo("backup")}>{i18n._("Back it up")}</Button>}
          >
            {i18n._("A broken disk would end this node.")}
          </Alert>
        )}
        {restart && (
          <Alert tone="warn" title={i18n._("Start the daemon again, for the new service to begin.")}>
            <Trans
              id="As you started it: <0>shadowmesh stop</0>, then <1>shadowmesh up</1>, or your service manager's restart."
              components={{ 0: <code />, 1: <code /> }}
            />
          </Alert>
        )}
        <div className="flex flex-wrap gap-2">
          {!status.registration && (
            <ButtonLink href={`/operate/?type=${type}`} look="primary">
              {i18n._("Register node")}
            </ButtonLink>
          )}
          <ButtonLink href="/" look={status.registration ? "primary" : "secondary"}>
            {i18n._("To the overview")}
          </ButtonLink>
        </div>
      </div>
    </Card>
  );
}
