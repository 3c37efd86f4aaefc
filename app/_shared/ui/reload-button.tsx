import { i18n } from "../text/i18n";
import { Button } from "./button";

/** Loads the page anew, from whatever serves it now. */
export function ReloadButton() {
  return <Button onClick={() => window.location.reload()}>{i18n._("Reload")}</Button>;
}
