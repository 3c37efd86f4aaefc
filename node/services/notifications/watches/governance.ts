import { type Abi, type Address, decodeFunctionData, type Hex, isAddressEqual } from "viem";
import { deployments } from "../../../../contracts/generated/deployments.ts";
import { nexusTimelockAbi } from "../../../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import { relayPaymentsAbi } from "../../../../contracts/generated/relay-payments.ts";
import { type Chain, type DecisionScan, readDecisions } from "../../../core/chain/index.ts";
import type { Watch } from "../cause.ts";

export interface GovernanceDeps {
  chain: Pick<Chain, "chainId" | "state" | "client" | "nexusAddress" | "payments">;
}

/** What governance has made public and must wait with. */
export function createGovernanceWatch({ chain }: GovernanceDeps): Watch {
  const firstBlock = BigInt(deployments[chain.chainId]?.blockNumber ?? 0);
  let before: DecisionScan | undefined;
  return async () => {
    const { nexusAddress, client } = chain;
    if (chain.state !== "connected" || nexusAddress === null) return null;
    const { decisions, scan } = await readDecisions(client, { nexusAddress, firstBlock, ...(before && { before }) });
    before = scan;
    return decisions.map(({ id, readyAtMs, calls }) => {
      const names = calls.map((call) => nameOf(call, nexusAddress, chain.payments?.address));
      const isUpgrade = names.some((name) => name.endsWith(".upgradeToAndCall"));
      return {
        key: id,
        text: isUpgrade ? "upgradeScheduled" : "changeScheduled",
        values: {
          calls: names.join(", "),
          date: `${new Date(readyAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`,
        },
        link: "/stake/",
      };
    });
  };
}

/** "NodeNexus.setUnbondingPeriod"; what no ABI of ours reads is named by its selector. */
function nameOf({ target, data }: { target: Address; data: Hex }, nexus: Address, payments?: Address): string {
  const isPayments = payments !== undefined && isAddressEqual(target, payments);
  const [name, abi]: [string, Abi] = isAddressEqual(target, nexus)
    ? ["NodeNexus", nodeNexusAbi]
    : isPayments
      ? ["RelayPayments", relayPaymentsAbi]
      : [target, nexusTimelockAbi];
  try {
    return `${name}.${decodeFunctionData({ abi, data }).functionName}`;
  } catch {
    return `${name}.${data.slice(0, 10)}`;
  }
}
