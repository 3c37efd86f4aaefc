import { encodeFunctionData } from "viem";
import { estimateFeesPerGas, estimateGas, getAccount, getBalance, simulateContract } from "wagmi/actions";
import type { ContractCall } from "../contract-call";
import { NoWalletError } from "../explain";
import type { Network } from "../network";
import { requestOf } from "./request";
import { wagmiConfigOf } from "./wagmi-config";

/** Calls that the contract would accept now, with what they cost. */
export interface Prepared {
  calls: readonly ContractCall[];
  /** What goes along with them. */
  valueWei: bigint;
  gasCostWei: bigint;
  balanceWei: bigint;
  account: `0x${string}`;
}

/** Tries calls without sending them, each on the chain as it is now; throws what the contract would refuse them for. */
export async function prepareCalls(network: Network, calls: readonly ContractCall[]): Promise<Prepared> {
  const { chainId } = network;
  const config = wagmiConfigOf(network);
  const requests = calls.map((call) => requestOf(config, network, call));
  const { address: account } = getAccount(config);
  if (!account) throw new NoWalletError();
  await Promise.all(requests.map((request) => simulateContract(config, request)));
  const [fees, balance, ...gas] = await Promise.all([
    estimateFeesPerGas(config, { chainId }),
    getBalance(config, { address: account, chainId }),
    ...requests.map((request) =>
      estimateGas(config, {
        account,
        to: request.address,
        data: encodeFunctionData(request),
        value: request.value,
        chainId,
      }),
    ),
  ]);
  return {
    calls,
    valueWei: calls.reduce((sum, { value }) => sum + (value ?? 0n), 0n),
    gasCostWei: gas.reduce((sum, units) => sum + units, 0n) * (fees.maxFeePerGas ?? 0n),
    balanceWei: balance.value,
    account,
  };
}
