import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { ReloadButton } from "../ui/reload-button";

/** The daemon that answers is of another version than this page, and can no longer be understood. */
export function Replaced() {
  return (
    <Alert tone="bad" title={i18n._("This page is of another version than the daemon.")} action={<ReloadButton />}>
      {i18n._("The daemon was replaced while the page was open. Reload the page to see what it says now.")}
    </Alert>
  );
}
