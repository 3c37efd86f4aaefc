"use client";

import { Languages } from "lucide-react";
import { useId } from "react";
import { Select } from "../ui/select";
import { chooseLanguage, useLanguage } from "./language";
import { type Language, languages } from "./languages";

/** Its label is in each language at once: who needs it can't read the one that is shown. */
export function LanguageSelect() {
  const id = useId();
  return (
    <div className="flex items-center gap-2 text-muted text-sm">
      <label htmlFor={id}>
        <Languages aria-hidden className="size-4 shrink-0" />
        <span className="sr-only">Language · Sprache</span>
      </label>
      <Select id={id} value={useLanguage()} onChange={(event) => void chooseLanguage(event.target.value as Language)}>
        {Object.entries(languages).map(([language, name]) => (
          <option key={language} value={language} lang={language}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}
