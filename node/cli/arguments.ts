import { InvalidArgumentError } from "commander";
import { parseEther } from "viem";
import { peerIdSchema } from "../core/schema.ts";

/** Checks a peer ID before anything is asked. */
export function toPeerId(text: string): string {
  const parsed = peerIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? "not a peer ID");
}

/** An amount in SHM. */
export function toWei(text: string): bigint {
  if (!/^\d+(\.\d{1,18})?$/.test(text))
    throw new InvalidArgumentError("expected an amount in SHM, such as 100 or 150.5");
  return parseEther(text);
}
