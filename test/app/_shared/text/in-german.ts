import german from "../../../../app/_shared/text/de.json" with { type: "json" };
import english from "../../../../app/_shared/text/en.json" with { type: "json" };
import { type Catalog, i18n } from "../../../../app/_shared/text/i18n.ts";

/** Runs something as for a reader of German. */
export function inGerman(run: () => void): void {
  i18n.loadAndActivate({ locale: "de", messages: german as unknown as Catalog });
  try {
    run();
  } finally {
    i18n.loadAndActivate({ locale: "en", messages: english as unknown as Catalog });
  }
}
