import { encodeFunctionData, formatEther, formatGwei, size } from "viem";
import type { DeployClients } from "./clients.ts";
import type { Rehearsal } from "./rehearse.ts";
import { type Call, describeCall, type Step } from "./steps.ts";

export type Print = (line: string) => void;

/** What a plan costs at the current gas price, and at the worst that its transactions would bear. */
export interface Costs {
  gas: bigint;
  gasPriceWei: bigint;
  costWei: bigint;
  balanceWei: bigint;
}

export async function costsOf(clients: DeployClients, { gas }: Rehearsal): Promise<Costs> {
  const { publicClient, walletClient } = clients;
  const sum = [...gas.values()].reduce((total, each) => total + each, 0n);
  const gasPriceWei = await publicClient.getGasPrice();
  const balanceWei = await publicClient.getBalance({ address: walletClient.account.address });
  return { gas: sum, gasPriceWei, costWei: sum * gasPriceWei, balanceWei };
}

const count = (value: bigint | number) => value.toLocaleString("en-US");

/** Each transaction as it would be sent. */
export function printSteps(print: Print, steps: readonly Step[], { gas }: Rehearsal, costs: Costs, coin: string): void {
  for (const { title, nonce, to, data, call, creates } of steps) {
    const limit = gas.get(nonce);
    print(`  nonce ${nonce}  ${title}`);
    print(`    to     ${to ?? "nobody: it creates a contract"}`);
    print(`    value  0 ${coin}`);
    print(`    data   ${count(size(data))} bytes: ${call}`);
    if (creates) print(`    at     ${creates}`);
    if (limit === undefined) print("    done   it is in a block already");
    else print(`    gas    ${count(limit)}, ${formatEther(limit * costs.gasPriceWei)} ${coin}`);
  }
}

export function printCosts(print: Print, costs: Costs, coin: string): void {
  print(`  gas price  ${formatGwei(costs.gasPriceWei)} gwei`);
  print(`  in all     ${count(costs.gas)} gas, ${formatEther(costs.costWei)} ${coin}`);
  print(`  balance    ${formatEther(costs.balanceWei)} ${coin}`);
}

/** A call that somebody else has to make: in a wallet, or in a multisig's transaction builder. */
export function printCall(print: Print, heading: string, { to, abi, functionName, args }: Call): void {
  print(heading);
  print(`  to     ${to}`);
  print("  value  0");
  print(`  call   ${describeCall(abi, functionName, args)}`);
  print(`  data   ${encodeFunctionData({ abi, functionName, args })}`);
}

/** @throws Error if the account can't pay: half a deployment would be left behind. */
export function requireBalance({ costWei, balanceWei }: Costs, coin: string): void {
  // Prices move while a dozen transactions go out.
  const wantedWei = (costWei * 3n) / 2n;
  if (balanceWei >= wantedWei) return;
  throw new Error(
    `The account holds ${formatEther(balanceWei)} ${coin}; the transactions cost ${formatEther(costWei)}, and half as ` +
      `much again is wanted in case prices rise. Send it ${formatEther(wantedWei - balanceWei)} ${coin} and try again.`,
  );
}
