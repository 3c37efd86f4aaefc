import type { Account, EstimateContractGasParameters, Hash, WriteContractParameters } from "viem";
import { ShadowMeshError } from "../errors.ts";
import type { Chain } from "./chain.ts";
import { chainErrors } from "./errors.ts";
import { toChainError } from "./failure.ts";
import { createWallet } from "./wallet.ts";

const receiptTimeoutMs = 120_000;

/** Of the estimate, on top: others' transactions may come first, and make ours touch what was not there. */
const gasReserve = 4n;

/**
 * Sends a transaction that a simulation or an estimate has found good, and waits for the receipt.
 *
 * @param prepare - The request for this account, as `simulateContract` gives it.
 * @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS
 */
export async function transact(
  chain: Chain,
  account: Account,
  prepare: () => Promise<{ request: object }>,
): Promise<Hash> {
  chain.requireConnected();
  const wallet = createWallet(chain, account);
  try {
    const { request } = await prepare();
    const call = { ...(request as WriteContractParameters), chain: wallet.chain, account };
    const gas = call.gas ?? (await chain.client.estimateContractGas(call as EstimateContractGasParameters));
    const hash = await wallet.writeContract({ ...call, gas: gas + gas / gasReserve });
    const receipt = await chain.client.waitForTransactionReceipt({ hash, timeout: receiptTimeoutMs });
    if (receipt.status === "reverted")
      throw new ShadowMeshError(chainErrors.TRANSACTION_REVERTED, { details: { hash } });
    return hash;
  } catch (cause) {
    throw toChainError(cause);
  }
}
