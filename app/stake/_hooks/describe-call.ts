import { type Abi, decodeFunctionData, getAbiItem } from "viem";
import { nexusTimelockAbi } from "../../../contracts/generated/nexus-timelock.ts";
import { decodeRegion, nodeNexusAbi } from "../../_shared/chain/nexus.ts";
import { relayPaymentsAbi } from "../../_shared/chain/payments.ts";
import { formatDuration, formatShm } from "../../_shared/node/format.ts";

interface Known {
  nexusAddress: string | null;
  paymentsAddress: string | null;
}

/** "NodeNexus.setUnbondingPeriod(period: 7 d)"; what no ABI of ours reads is shown as it is. */
export function describeCall(target: `0x${string}`, data: `0x${string}`, known: Known): string {
  const is = (address: string | null) => address?.toLowerCase() === target.toLowerCase();
  const [name, abi] = is(known.nexusAddress)
    ? (["NodeNexus", nodeNexusAbi] as const)
    : is(known.paymentsAddress)
      ? (["RelayPayments", relayPaymentsAbi] as const)
      : ([target, nexusTimelockAbi] as const);
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi: abi as Abi, data });
    const item = getAbiItem({ abi: abi as Abi, name: functionName, args: args as never });
    const inputs = item && "inputs" in item ? (item.inputs ?? []) : [];
    const words = args.map(
      (value, index) => `${inputs[index]?.name ?? index}: ${worded(inputs[index]?.name ?? "", value)}`,
    );
    return `${name}.${functionName}(${words.join(", ")})`;
  } catch {
    return `${name}: ${data}`;
  }
}

/** With its unit, as the name of the parameter tells it. */
function worded(name: string, value: unknown): string {
  if (typeof value === "bigint" && /wei|amount/i.test(name)) return formatShm(value, 18);
  if (typeof value === "bigint" && /period|notice|delay/i.test(name)) return formatDuration(Number(value) * 1_000);
  if (name === "region") return decodeRegion(value as `0x${string}`);
  return String(value);
}
