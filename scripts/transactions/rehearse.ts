import { type Address, type Hex, parseEther, type StateOverride } from "viem";
import type { DeployClients } from "./clients.ts";
import type { Step } from "./steps.ts";

export interface Rehearsal {
  /** By nonce. */
  gas: ReadonlyMap<number, bigint>;
  /** The code that each contract will have. */
  codes: ReadonlyMap<Address, Hex>;
}

/**
 * Lets the chain's node run a plan's transactions without sending them: each on top of the chain's state, with the code
 * of the contracts that the plan creates before it (state overrides, which geth, Bor, Erigon and anvil all take).
 *
 * @throws Error that names the first transaction that would be reverted.
 */
export async function rehearse(
  { publicClient, walletClient }: DeployClients,
  steps: readonly Step[],
): Promise<Rehearsal> {
  const account = walletClient.account.address;
  const gas = new Map<number, bigint>();
  const codes = new Map<Address, Hex>();
  for (const { title, nonce, to, data, creates } of steps) {
    // What the account holds is another question, asked once for the whole plan.
    const deployer = { address: account, nonce, balance: parseEther("1000000") };
    const created = [...codes].map(([address, code]) => ({ address, code }));
    const stateOverride: StateOverride = [deployer, ...created];
    const request = { account, to, data, stateOverride };
    try {
      gas.set(nonce, await publicClient.estimateGas(request));
      const { data: result } = await publicClient.call(request);
      if (creates && result) codes.set(creates, result);
    } catch (error) {
      const { shortMessage, message } = error as Error & { shortMessage?: string };
      throw new Error(`${title} would fail: ${shortMessage ?? message}`, { cause: error });
    }
  }
  return { gas, codes };
}
