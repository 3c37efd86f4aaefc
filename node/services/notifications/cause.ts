import { type NotificationText, notificationTexts } from "./api.ts";

/** Why the owner is told something. */
export interface Cause {
  /** What tells it from any other, also after a restart. */
  readonly key: string;
  readonly text: NotificationText;
  readonly values: Readonly<Record<string, string | number>>;
  /** Path of the page that tells more. */
  readonly link: string;
}

/** Looks for causes of one sort: those that hold now, or null where it cannot tell. */
export type Watch = () => Promise<readonly Cause[] | null>;

/** The sentence of a notification, in English. */
export function sentenceOf({ text, values }: { text: NotificationText; values: Cause["values"] }): string {
  return notificationTexts[text].sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
