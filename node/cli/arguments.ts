import { InvalidArgumentError } from "commander";
import { parseEther } from "viem";
import { maxBandwidthMbps } from "../core/chain/index.ts";
import { type NodeType, peerIdSchema } from "../core/schema.ts";

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

/** A bandwidth in whole Mbit/s. */
export function toMbps(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > maxBandwidthMbps) {
    throw new InvalidArgumentError(`expected whole Mbit/s from 1 to ${maxBandwidthMbps}, such as 100`);
  }
  return value;
}

/** A region's name, which the contract keeps in 32 bytes. */
export function toRegion(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes < 1 || bytes > 32) throw new InvalidArgumentError("expected a name of 1 to 32 bytes, such as europe");
  return text;
}

/** Types of nodes as one types them. */
export const nodeTypes = {
  private: "light_private",
  public: "light_public",
  backbone: "backbone_auth",
} as const satisfies Record<string, NodeType>;
export type TypeOption = keyof typeof nodeTypes;
export const typeOptions = Object.keys(nodeTypes) as TypeOption[];

/** A percentage with up to two decimals, in 1/100 %. */
export function toBps(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d{1,2})?$/.test(text) || value > 100) {
    throw new InvalidArgumentError("expected 0 to 100 % with up to two decimals, such as 12.5");
  }
  return Math.round(value * 100);
}
