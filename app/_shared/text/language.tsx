"use client";

import { I18nProvider } from "@lingui/react";
import { Fragment, type ReactNode, useEffect, useSyncExternalStore } from "react";
import { type Catalog, i18n } from "./i18n";
import { type Language, languageStorageKey, languages } from "./languages";

const catalogs: Record<Exclude<Language, "en">, () => Promise<{ default: unknown }>> = {
  de: () => import("./de.json"),
};
const english = i18n.messages as Catalog;

async function activate(language: Language): Promise<void> {
  const messages = language === "en" ? english : ((await catalogs[language]()).default as Catalog);
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
}

/** Shows the page in another language, now and at the next visit. */
export async function chooseLanguage(language: Language): Promise<void> {
  await activate(language);
  try {
    localStorage.setItem(languageStorageKey, language);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
}

const subscribe = (listener: () => void) => i18n.on("change", listener);

export function useLanguage(): Language {
  return useSyncExternalStore(
    subscribe,
    () => i18n.locale as Language,
    () => "en",
  );
}

/** Around all that is read: draws it anew in the language that is chosen. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const language = useLanguage();
  useEffect(() => {
    const { dataset } = document.documentElement;
    const wanted = dataset.language;
    if (wanted === undefined || !(wanted in languages)) return;
    // What can't be loaded is read in English rather than not at all.
    void activate(wanted as Language)
      .catch(() => undefined)
      .finally(() => {
        delete dataset.language;
      });
  }, []);
  return (
    <I18nProvider i18n={i18n}>
      <Fragment key={language}>{children}</Fragment>
    </I18nProvider>
  );
}
