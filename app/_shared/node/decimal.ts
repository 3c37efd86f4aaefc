import { separators } from "./format.ts";

/**
 * A number as typed, as its digits with a point; null where it is none. Groups of thousands are taken only where they can't
 * be decimals: "0,5" is a half in German, and nothing in English.
 */
export function readDecimal(text: string): string | null {
  const { decimal, group } = separators();
  const [whole = "", fraction = "0", ...more] = text.trim().split(decimal);
  if (!new RegExp(`^(\\d+|\\d{1,3}(\\${group}\\d{3})+)$`).test(whole) || more.length > 0) return null;
  return /^\d+$/.test(fraction) ? `${whole.replaceAll(group, "")}.${fraction}` : null;
}
