import type { Account, Hash, WriteContractParameters } from "viem";
import { ShadowMeshError } from "../errors.ts";
import type { Chain } from "./chain.ts";
import { chainErrors } from "./errors.ts";
import { toChainError } from "./failure.ts";
import { createWallet } from "./wallet.ts";

const receiptTimeoutMs = 120_000;

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
    const hash = await wallet.writeContract({ ...(request as WriteContractParameters), chain: wallet.chain, account });
    const receipt = await chain.client.waitForTransactionReceipt({ hash, timeout: receiptTimeoutMs });
    if (receipt.status === "reverted")
      throw new ShadowMeshError(chainErrors.TRANSACTION_REVERTED, { details: { hash } });
    return hash;
  } catch (cause) {
    throw toChainError(cause);
  }
}
