import type { z } from "zod";
import type { chainStatusSchema } from "../../../node/api/daemon.ts";

/** The chain as the daemon names it: nothing about it is built into the page. */
export type Network = z.infer<typeof chainStatusSchema>;

export function chainName(network: Pick<Network, "chainId" | "development">): string {
  return network.development ? "ShadowMesh development chain" : `ShadowMesh chain ${network.chainId}`;
}
