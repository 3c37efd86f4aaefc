import type { Config } from "wagmi";
import { getAccount } from "wagmi/actions";
import type { ContractCall } from "../contract-call";
import { contractOf } from "../contract-of";
import { NoWalletError } from "../explain";
import type { Network } from "../network";

/** The call with all that wagmi needs. */
export function requestOf(config: Config, network: Network, call: ContractCall) {
  const { address, connector } = getAccount(config);
  if (!address || !connector) throw new NoWalletError();
  return {
    ...contractOf(network, call),
    functionName: call.functionName as string,
    args: call.args as readonly unknown[],
    value: call.value,
    account: address,
    chainId: network.chainId,
  };
}
