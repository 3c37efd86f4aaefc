import { i18n } from "@lingui/core";
import english from "./en.json" with { type: "json" };

// English is what stands in the sources: a sentence needs no catalog but for forms of number. What it has of values is
// filled in here, so that catalogs hold sentences as they are (scripts/generate/text.ts).
i18n.setMessagesCompiler((sentence) =>
  sentence.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 1 ? [part] : part)),
);
i18n.loadAndActivate({ locale: "en", messages: english as unknown as Catalog });

/** Sentences by their English, as `scripts/generate/text.ts` compiles them. */
export type Catalog = Parameters<typeof i18n.loadAndActivate>[0]["messages"];

export { i18n };
