import { formatEther, parseEther } from "viem";
import { readDecimal } from "../node/decimal.ts";
import { separators } from "../node/format.ts";

/** An amount of SHM as typed, in wei; null where it is not one. */
export function parseShm(text: string): bigint | null {
  const digits = readDecimal(text);
  return digits === null || /\.\d{19}/.test(digits) ? null : parseEther(digits);
}

/** All digits of an amount, as `parseShm` reads them. */
export const shmText = (wei: bigint) => formatEther(wei).replace(".", separators().decimal);
