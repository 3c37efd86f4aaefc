import { type Address, encodeFunctionData, type Hex, keccak256, stringToHex, zeroHash } from "viem";
import { nexusTimelockAbi } from "../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import type { Deployment, Upgrade } from "../deploy/deployment.ts";
import type { Call, DeployClients } from "../transactions/index.ts";

const PROPOSER_ROLE = keccak256(stringToHex("PROPOSER_ROLE"));

/** `TimelockController.OperationState` in its order. */
const states = ["unset", "waiting", "ready", "done"] as const;

/** What the owner of a proxy is asked to do: have it run a new implementation. Both proxies are UUPS. */
export const upgradeCall = (proxy: Address, implementation: Address): Call => ({
  to: proxy,
  abi: nodeNexusAbi,
  functionName: "upgradeToAndCall",
  args: [implementation, "0x"],
});

/** The timelock's side of one call. The call names a new implementation, so it needs no salt to be told apart. */
export function operationOf({ publicClient }: DeployClients, timelock: Address, call: Call) {
  const data: Hex = encodeFunctionData(call);
  const operation = [call.to, 0n, data, zeroHash, zeroHash] as const;
  const contract = { address: timelock, abi: nexusTimelockAbi } as const;
  const id = () => publicClient.readContract({ ...contract, functionName: "hashOperation", args: operation });
  return {
    /** The delay is the shortest that the timelock takes: never under the longest unbonding period and a time to react. */
    async schedule(): Promise<Call> {
      const delay = await publicClient.readContract({ ...contract, functionName: "getMinDelay" });
      return { to: timelock, abi: nexusTimelockAbi, functionName: "schedule", args: [...operation, delay] };
    },
    execute: (): Call => ({ to: timelock, abi: nexusTimelockAbi, functionName: "execute", args: operation }),
    async state(): Promise<(typeof states)[number]> {
      const args = [await id()] as const;
      return (
        states[await publicClient.readContract({ ...contract, functionName: "getOperationState", args })] ?? "unset"
      );
    },
    async readyAt(): Promise<Date> {
      const args = [await id()] as const;
      const timestamp = await publicClient.readContract({ ...contract, functionName: "getTimestamp", args });
      return new Date(Number(timestamp) * 1_000);
    },
  };
}

export const mayPropose = ({ publicClient, walletClient }: DeployClients, timelock: Address): Promise<boolean> =>
  publicClient.readContract({
    address: timelock,
    abi: nexusTimelockAbi,
    functionName: "hasRole",
    args: [PROPOSER_ROLE, walletClient.account.address],
  });

export const proxyOf = (deployment: Deployment, contract: Upgrade["contract"]): Address =>
  contract === "NodeNexus" ? deployment.nodeNexus : deployment.relayPayments;

/** The deployment once an upgrade has happened. */
export function upgraded({ scheduled: _, ...deployment }: Deployment, next: Upgrade): Deployment {
  const codeHashes = { ...deployment.codeHashes, [next.contract]: next.codeHash };
  if (next.contract === "RelayPayments") {
    return { ...deployment, relayPaymentsImplementation: next.implementation, codeHashes };
  }
  return { ...deployment, implementation: next.implementation, libraries: next.libraries, codeHashes };
}
