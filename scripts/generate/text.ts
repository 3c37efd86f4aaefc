import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { getCatalogs } from "@lingui/cli/api";
import { makeConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";
import { type CompiledMessage, compileMessage } from "@lingui/message-utils/compileMessage";
import { languages } from "../../app/_shared/text/languages.ts";
import { root } from "../root.ts";

type Translations = Map<string, string>;

const sourceLocale = "en";
const translated = Object.keys(languages).filter((language) => language !== sourceLocale);
const po = formatter({ lineNumbers: false, explicitIdAsDefault: true, printPlaceholdersInComments: false });

/**
 * The console's text: of each room a catalog a language (`app/<room>/_text/de.po`: what is new in it is empty, what is
 * gone is removed), and of all rooms together what the browser loads (`app/_shared/text/<language>.json`).
 */
export async function consoleText(): Promise<{ files: Map<string, string>; untranslated: string[] }> {
  const files = new Map<string, string>();
  const untranslated: string[] = [];
  const sentences = new Set<string>();
  const compiled = new Map(translated.map((language) => [language, new Map<string, string | CompiledMessage>()]));
  for (const room of await rooms()) {
    const extracted = await extract(room);
    for (const sentence of Object.keys(extracted)) sentences.add(sentence);
    if (Object.keys(extracted).length === 0) continue;
    for (const language of translated) {
      const path = `app/${room}/_text/${language}.po`;
      const existing = await readFile(join(root, path), "utf8").catch(() => undefined);
      const known = existing === undefined ? new Map() : await translations(existing, language, path);
      const catalog = Object.fromEntries(
        Object.entries(extracted).map(([sentence, found]) => [
          sentence,
          { ...found, translation: known.get(sentence) ?? "" },
        ]),
      );
      files.set(
        path,
        await po.serialize(catalog, { locale: language, sourceLocale, filename: path, existing: existing ?? null }),
      );
      for (const sentence of Object.keys(extracted)) {
        const translation = known.get(sentence) ?? "";
        const trouble = troubleWith(sentence, translation);
        if (trouble) untranslated.push(`${path}: ${trouble}: ${JSON.stringify(sentence)}`);
        else compiled.get(language)?.set(sentence, inCatalog(translation));
      }
    }
  }
  // What needs no compiling is its own English.
  const english = [...sentences]
    .map((sentence) => [sentence, inCatalog(sentence)] as const)
    .filter(([sentence, message]) => message !== sentence);
  for (const [language, messages] of [["en", english] as const, ...compiled]) {
    const lines = [...messages]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([sentence, message]) => `${JSON.stringify(sentence)}: ${JSON.stringify(message)}`);
    files.set(`app/_shared/text/${language}.json`, `{\n${lines.join(",\n")}\n}\n`);
  }
  return { files, untranslated };
}

/** As the browser loads it: as it is where it has nothing but values in it (app/_shared/text/i18n.ts), else compiled. */
function inCatalog(message: string): string | CompiledMessage {
  const tokens = compileMessage(message);
  const words = tokens.map((token) =>
    typeof token === "string" ? token : token.length === 1 ? `{${token[0]}}` : null,
  );
  return words.join("") === message && !words.includes(null) ? message : tokens;
}

async function rooms(): Promise<string[]> {
  const entries = await readdir(join(root, "app"), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

/** Sentences of a room that stand outside of its folder. */
const elsewhere: Record<string, readonly string[]> = {
  // Of the files beside the rooms.
  _components: ["<rootDir>/app/*.tsx"],
  // The command prints them, too.
  welcome: ["<rootDir>/node/api/terms.ts"],
};

/** The sentences of a room. */
async function extract(room: string) {
  const include = [`<rootDir>/app/${room}/**`, ...(elsewhere[room] ?? [])];
  const [catalog] = await getCatalogs(
    makeConfig(
      {
        rootDir: root,
        sourceLocale,
        locales: [sourceLocale, ...translated],
        orderBy: "messageId",
        catalogs: [{ path: `<rootDir>/app/${room}/_text/{locale}`, include }],
      },
      { skipValidation: true },
    ),
  );
  const found = await catalog?.collect();
  if (!found) throw new Error(`the sentences of app/${room} could not be read: the lines above say where`);
  const sorted = Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([sentence, message]) => [
      sentence,
      {
        ...message,
        origin: [...new Set(message.origin?.map(([path]) => path))].toSorted().map((path) => [path] as [string]),
      },
    ]),
  );
}

async function translations(text: string, locale: string, filename: string): Promise<Translations> {
  const catalog = await po.parse(text, { locale, sourceLocale, filename });
  return new Map(Object.entries(catalog).map(([sentence, { translation = "" }]) => [sentence, translation]));
}

/** Why a translation can't stand for its sentence; undefined where it can. */
export function troubleWith(sentence: string, translation: string): string | undefined {
  if (translation === "") return "no translation";
  const [wanted, has] = [placesOf(sentence), placesOf(translation)];
  return wanted === has ? undefined : `other values than the English (${wanted} there, ${has} here)`;
}

/** The names of the values and elements in a sentence, sorted. */
function placesOf(sentence: string): string {
  const names = new Set<string>();
  const read = (tokens: unknown): void => {
    if (typeof tokens === "string") for (const [, name] of tokens.matchAll(/<(\w+)\/?>/g)) names.add(`<${name}>`);
    if (!Array.isArray(tokens)) return;
    for (const token of tokens) {
      if (!Array.isArray(token)) read(token);
      else {
        const [name, , forms] = token as [string, string?, Record<string, unknown>?];
        names.add(`{${name}}`);
        for (const form of Object.values(forms ?? {})) read(form);
      }
    }
  };
  read(compileMessage(sentence));
  return [...names].toSorted().join(" ") || "none";
}
