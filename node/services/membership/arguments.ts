import { InvalidArgumentError } from "commander";
import type { NodeType } from "../../core/schema.ts";

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
