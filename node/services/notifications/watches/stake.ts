import { formatEther } from "viem";
import type { Chain } from "../../../core/chain/index.ts";
import type { Registration } from "../../../core/schema.ts";
import type { Watch } from "../cause.ts";

export interface StakeDeps {
  chain: Pick<Chain, "state" | "nexus">;
  registration(): Registration | null;
}

/** Whether the stake is below what the contract asks of the node's type now: it was slashed, or the minimum raised. */
export function createStakeWatch({ chain, registration }: StakeDeps): Watch {
  return async () => {
    const node = registration();
    if (node?.active !== true) return [];
    if (chain.state !== "connected") return null;
    const minimumWei = await chain.nexus.minimumStakeWei(node.nodeType);
    if (BigInt(node.stakeWei) >= minimumWei) return [];
    const values = { stake: formatEther(BigInt(node.stakeWei)), minimum: formatEther(minimumWei) };
    return [{ key: "stake", text: "stakeLow", values, link: "/operate/" }];
  };
}
