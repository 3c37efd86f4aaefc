import { setTimeout as delay } from "node:timers/promises";
import { confirm, type DeployClients } from "./clients.ts";
import type { Step } from "./steps.ts";

export type Outcome = "sent" | "found";

/**
 * Sends the transactions of a plan, each once the one before is in a block. Those that an earlier, interrupted run has
 * sent are found by their nonces, so nothing happens twice however often this is called.
 *
 * @param options.gas - Limits by nonce; the RPC estimates where there is none.
 * @throws Error if the account has sent something else meanwhile, or a transaction was reverted.
 */
export async function execute(
  clients: DeployClients,
  steps: readonly Step[],
  { gas, onStep }: { gas?: ReadonlyMap<number, bigint>; onStep?: (step: Step, outcome: Outcome) => void } = {},
): Promise<void> {
  for (const step of steps) {
    const sent = await isSent(clients, step);
    if (!sent) await send(clients, step, gas?.get(step.nonce));
    if (step.creates && !(await clients.publicClient.getCode({ address: step.creates }))) {
      const { address } = clients.walletClient.account;
      throw new Error(`another transaction of ${address} took nonce ${step.nonce}: ${step.title} is not there`);
    }
    onStep?.(step, sent ? "found" : "sent");
  }
}

/** Whether a transaction with the step's nonce is in a block; one on its way is waited for. */
async function isSent({ publicClient, walletClient }: DeployClients, { nonce }: Step): Promise<boolean> {
  const { address } = walletClient.account;
  const count = (blockTag: "latest" | "pending") => publicClient.getTransactionCount({ address, blockTag });
  while ((await count("latest")) <= nonce) {
    if ((await count("pending")) <= nonce) return false;
    await delay(publicClient.pollingInterval);
  }
  return true;
}

async function send(clients: DeployClients, { nonce, to, data }: Step, gas: bigint | undefined): Promise<void> {
  const { chain, account } = clients.walletClient;
  await confirm(clients, await clients.walletClient.sendTransaction({ chain, account, nonce, to, data, gas }));
}
