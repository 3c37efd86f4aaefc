import { InvalidArgumentError } from "commander";
import { peerIdSchema } from "../core/schema.ts";

/** Checks a peer ID before anything is asked. */
export function toPeerId(text: string): string {
  const parsed = peerIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? "not a peer ID");
}
