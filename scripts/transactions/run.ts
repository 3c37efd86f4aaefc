import { join } from "node:path";
import { type Address, formatEther } from "viem";
import type { DeployClients } from "./clients.ts";
import { execute } from "./execute.ts";
import { type JournalEntry, openJournal } from "./journal.ts";
import { type Rehearsal, rehearse } from "./rehearse.ts";
import { costsOf, type Print, printCosts, printSteps, requireBalance } from "./report.ts";
import { planHash, type Step } from "./steps.ts";

export interface Target {
  /** Of the network, as the command names it. */
  name: string;
  rpcUrl: string;
  coin: string;
  /** Where `<chainId>.json` lies, or will. */
  folder: string;
  /** Where the journal of a run that is not yet done lies. */
  journalFolder: string;
}

export interface RunOptions {
  clients: DeployClients;
  target: Target;
  dryRun: boolean;
  print: Print;
  /** Asked once, after the costs were printed. */
  confirm(question: string): Promise<boolean>;
}

/** Where a plan begins: the nonce from which its addresses follow. */
export type Beginning = Omit<JournalEntry, "planHash">;

/** A plan that can be interrupted anywhere and taken up again. */
export interface Run {
  readonly beginning: Beginning;
  /**
   * Rehearses, prints and, unless this is a dry run or the answer is no, sends what is not yet sent.
   *
   * @returns what was rehearsed, or undefined if nothing was sent.
   */
  send(heading: string, steps: readonly Step[]): Promise<Rehearsal | undefined>;
  /** Once its outcome is written down: forgets that it was begun. */
  end(): Promise<void>;
}

/** @param name - Of the journal: one for each thing that can be under way on a chain. */
export async function openRun(options: RunOptions, name: string): Promise<Run> {
  const { clients, target, print, dryRun } = options;
  const { publicClient, walletClient } = clients;
  const { address } = walletClient.account;
  const journal = openJournal(join(target.journalFolder, `${publicClient.chain.id}-${name}.json`));
  const begun = await journal.read(address);
  const beginning = begun ?? {
    deployer: address,
    firstNonce: await nextNonce(clients, address),
    blockNumber: Number(await publicClient.getBlockNumber({ cacheTime: 0 })),
  };

  return {
    beginning,
    async send(heading, steps) {
      const done = await publicClient.getTransactionCount({ address });
      const open = steps.filter(({ nonce }) => nonce >= done);
      const rehearsal = await rehearse(clients, open);
      const costs = await costsOf(clients, rehearsal);
      print(`${heading} on ${target.name} (chain ${publicClient.chain.id}) as ${address}`);
      if (begun) print("  An earlier run was interrupted: this goes on where it stopped.");
      printSteps(print, steps, rehearsal, costs, target.coin);
      printCosts(print, costs, target.coin);
      if (dryRun) {
        print("Dry run: nothing was sent. The addresses hold as long as this account sends nothing else.");
        return undefined;
      }
      requireBalance(costs, target.coin);
      const question = `Send ${open.length} transactions for about ${formatEther(costs.costWei)} ${target.coin}?`;
      if (!(await options.confirm(question))) return undefined;
      await journal.begin({ ...beginning, planHash: planHash(steps) });
      await execute(clients, steps, {
        gas: withReserve(rehearsal.gas),
        onStep: ({ title, creates }, outcome) =>
          print(`  ✓ ${title}${creates ? `: ${creates}` : ""}${outcome === "found" ? ", there already" : ""}`),
      });
      return rehearsal;
    },
    end: () => journal.end(),
  };
}

/** @throws Error while transactions of the account are on their way: their nonces are taken, but may be given back */
async function nextNonce({ publicClient }: DeployClients, address: Address): Promise<number> {
  const latest = await publicClient.getTransactionCount({ address, blockTag: "latest" });
  const pending = await publicClient.getTransactionCount({ address, blockTag: "pending" });
  if (pending === latest) return latest;
  throw new Error(`${pending - latest} transactions of ${address} are on their way: wait until they are in a block`);
}

/** A quarter on top: what a transaction finds differs a little from what the rehearsal found. */
const withReserve = (gas: ReadonlyMap<number, bigint>): ReadonlyMap<number, bigint> =>
  new Map([...gas].map(([nonce, limit]) => [nonce, (limit * 5n) / 4n]));
