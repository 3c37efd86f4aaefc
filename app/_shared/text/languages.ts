/** What the console can be read in, each by its own name: a new one is a line here and a `_text/<code>.po` in each room. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

export const languageStorageKey = "shadowmesh.language";

/**
 * Runs before the first paint (app/layout.tsx): the exported pages are in English, so what is to be read in another
 * language stays hidden (globals.css) until that is loaded. The reader's choice comes before the browser's list. What a
 * browser formats its first number and date by takes a phone 100 ms to load: that is done here, while the page's scripts
 * are on their way, and not once there is something to show.
 */
export const languageScript = `try{const known=${JSON.stringify(Object.keys(languages))};const chosen=localStorage.getItem("${languageStorageKey}");const found=known.includes(chosen)?chosen:navigator.languages.map(l=>l.slice(0,2)).find(l=>known.includes(l));if(found&&found!=="en")document.documentElement.dataset.language=found;new Intl.NumberFormat(found);new Intl.DateTimeFormat(found)}catch{}`;
