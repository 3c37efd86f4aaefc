import { terms } from "../../../node/api/terms.ts";
import { ErrorAlert } from "../../_shared/node/error-alert";
import { formatDateTime } from "../../_shared/node/format";
import { useWelcomeAction } from "../../_shared/node/welcome";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Button } from "../../_shared/ui/button";
import { Card } from "../../_shared/ui/card";
import type { StepProps } from "./step-props";

/** What the owner takes on, in plain words; the daemon keeps which version was accepted, and when. */
export function TermsStep({ welcome, busy, goTo }: StepProps) {
  const accept = useWelcomeAction("acceptTerms");
  const { version, accepted } = welcome.terms;
  const present = accepted?.version === version;
  return (
    <Card
      title={i18n._("Terms")}
      lead={i18n._("Version {version}. The command shadowmesh terms prints the same.", { version })}
    >
      <div className="space-y-4">
        {accepted && !present && (
          <Alert tone="warn" title={i18n._("The terms have changed since you accepted them.")}>
            {i18n._("You accepted version {version} on {date}.", {
              version: accepted.version,
              date: formatDateTime(accepted.atMs),
            })}
          </Alert>
        )}
        <dl className="space-y-3">
          {terms.points.map(({ title, text }) => (
            <div key={title}>
              <dt className="font-semibold text-[0.93rem]">{i18n._(title)}</dt>
              <dd className="text-[0.93rem] text-muted">{i18n._(text)}</dd>
            </div>
          ))}
        </dl>
        <ErrorAlert error={accept.error} />
        <div className="flex flex-wrap items-center gap-3">
          {present ? (
            <>
              <Button look="primary" busy={busy} onClick={() => goTo("backup")}>
                {i18n._("Continue")}
              </Button>
              <p className="text-muted text-sm">
                {i18n._("Accepted on {date}.", { date: formatDateTime(accepted.atMs) })}
              </p>
            </>
          ) : (
            <Button
              look="primary"
              busy={busy || accept.isPending}
              onClick={() => accept.mutate({ version }, { onSuccess: () => goTo("backup") })}
            >
              {i18n._("I accept the terms")}
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}
