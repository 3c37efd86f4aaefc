import type { z } from "zod";
import type { chainStatusSchema } from "../../../node/api/daemon.ts";
import { i18n } from "../text/i18n.ts";

/** The chain as the daemon names it: nothing about it is built into the page. */
export type Network = z.infer<typeof chainStatusSchema>;

export function chainName(network: Pick<Network, "chainId" | "development">): string {
  return network.development
    ? i18n._("ShadowMesh development chain")
    : i18n._("ShadowMesh chain {chainId}", { chainId: network.chainId });
}
