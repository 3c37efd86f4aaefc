import { ShadowMeshError } from "../../../node/core/errors.ts";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";

/** What the daemon answered: its sentence, its advice, its code. */
export function ErrorAlert({ error }: { error: unknown }) {
  if (!error) return null;
  if (!ShadowMeshError.is(error)) {
    return (
      <Alert tone="bad" title={i18n._("Something failed that should not have.")}>
        {error instanceof Error ? error.message : String(error)}
      </Alert>
    );
  }
  const reason = typeof error.details.reason === "string" ? error.details.reason : null;
  return (
    <Alert tone="bad" title={error.message}>
      <p lang="en">{error.action}</p>
      {reason && <p lang="en">{reason}</p>}
      <p className="mt-1 font-mono text-muted text-xs">{error.code}</p>
    </Alert>
  );
}
