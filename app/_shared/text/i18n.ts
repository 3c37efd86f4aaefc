import { i18n } from "@lingui/core";
import english from "./en.json" with { type: "json" };

// English is what stands in the sources. Sentences without a value in them need no catalog: they are their own translation.
i18n.setMessagesCompiler((sentence) => [sentence]);
i18n.loadAndActivate({ locale: "en", messages: english as unknown as Catalog });

/** Sentences by their English, as `scripts/generate/text.ts` compiles them. */
export type Catalog = Parameters<typeof i18n.loadAndActivate>[0]["messages"];

export { i18n };
