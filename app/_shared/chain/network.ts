import type { z } from "zod";
import type { chainStatusSchema } from "../../../node/api/daemon.ts";
import { i18n } from "../text/i18n.ts";

/** The chain as the daemon names it: nothing about it is built into the page. */
export type Network = z.infer<typeof chainStatusSchema>;

/** The contract, where it can be read; null where none is set, or the RPC endpoint has another chain or nothing there. */
export function nexusOf({ nexusAddress, state }: Network): `0x${string}` | null {
  return state === "wrong-chain" || state === "no-contract" ? null : nexusAddress;
}

export function chainName(network: Pick<Network, "chainId" | "development">): string {
  return network.development
    ? i18n._("ShadowMesh development chain")
    : i18n._("ShadowMesh chain {chainId}", { chainId: network.chainId });
}
