import { formatEther, parseEther } from "viem";
import { separators } from "../node/format.ts";

/**
 * An amount of SHM as typed, in wei; null where it is not one. Groups of thousands are taken only where they can't be
 * decimals: "0,5" is half a SHM in German, and nothing in English.
 */
export function parseShm(text: string): bigint | null {
  const { decimal, group } = separators();
  const [whole = "", fraction, ...more] = text.trim().split(decimal);
  if (!new RegExp(`^(\\d+|\\d{1,3}(\\${group}\\d{3})+)$`).test(whole) || more.length > 0) return null;
  if (fraction !== undefined && !/^\d{1,18}$/.test(fraction)) return null;
  return parseEther(`${whole.replaceAll(group, "")}.${fraction ?? "0"}`);
}

/** All digits of an amount, as `parseShm` reads them. */
export const shmText = (wei: bigint) => formatEther(wei).replace(".", separators().decimal);
