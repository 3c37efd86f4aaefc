import { formatEther, parseEther } from "viem";

/** An amount of SHM as typed, in wei; null where it is not one. */
export function parseShm(text: string): bigint | null {
  const trimmed = text.trim().replaceAll(",", "");
  if (!/^\d+(\.\d{1,18})?$/.test(trimmed)) return null;
  return parseEther(trimmed);
}

export const shmText = formatEther;
