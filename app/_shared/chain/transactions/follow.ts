import {
  type Abi,
  decodeFunctionData,
  type Hash,
  type PublicClient,
  type Transaction,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
} from "viem";
import { i18n } from "../../text/i18n.ts";
import { abiOf } from "../contract-of.ts";
import { explain } from "../explain.ts";
import type { SentTransaction } from "./list.ts";

type News = Partial<Pick<SentTransaction, "hash" | "nonce" | "state" | "reason">>;

/**
 * What became of a transaction since it was last looked at, by its hash, or by the nonce of its account where the wallet
 * sent another in its place; null where there is no news.
 */
export async function lookAt(chain: PublicClient, sent: SentTransaction): Promise<News | null> {
  const receipt = await orNull(chain.getTransactionReceipt({ hash: sent.hash }), TransactionReceiptNotFoundError);
  if (receipt?.status === "success") return { state: "done" };
  if (receipt) return { state: "reverted", reason: await reasonOf(chain, sent, receipt.blockNumber) };
  if (sent.nonce === null) {
    const known = await orNull(chain.getTransaction({ hash: sent.hash }), TransactionNotFoundError);
    return known && { nonce: known.nonce };
  }
  if ((await chain.getTransactionCount({ address: sent.from })) <= sent.nonce) return null;
  const mined = await findByNonce(chain, { ...sent, nonce: sent.nonce });
  // Mined between the two questions: the next look finds its receipt.
  if (mined.hash === sent.hash) return null;
  const { hash } = mined;
  if (mined.input === sent.data && same(mined.to, sent.to) && mined.value === BigInt(sent.value)) return { hash };
  return { hash, state: same(mined.to, sent.from) && mined.value === 0n ? "cancelled" : "replaced" };
}

/** The transaction that used up a nonce, found by halves. */
async function findByNonce(chain: PublicClient, { from, nonce, afterBlock }: SentTransaction & { nonce: number }) {
  let low = BigInt(afterBlock);
  let high = await chain.getBlockNumber({ cacheTime: 0 });
  while (low < high) {
    const middle = (low + high) / 2n;
    const used = await chain.getTransactionCount({ address: from, blockNumber: middle });
    if (used > nonce) high = middle;
    else low = middle + 1n;
  }
  const { transactions } = await chain.getBlock({ blockNumber: low, includeTransactions: true });
  const found = transactions.find((one: Transaction) => same(one.from, from) && one.nonce === nonce);
  if (found === undefined) throw new Error(`block ${low} has no transaction ${nonce} of ${from}`);
  return found as Transaction & { hash: Hash };
}

/** The contract's reason, asked for again in the block that it refused the transaction in. */
async function reasonOf(chain: PublicClient, sent: SentTransaction, blockNumber: bigint): Promise<string> {
  const abi = abiOf(sent.functionName) as Abi;
  const { functionName, args } = decodeFunctionData({ abi, data: sent.data });
  const { from: account, to: address } = sent;
  try {
    const call = { abi, address, functionName, args: args ?? [], account, value: BigInt(sent.value), blockNumber };
    await chain.simulateContract(call);
  } catch (error) {
    return explain(error).title;
  }
  return i18n._("By the end of its block the contract would accept it: something else in the block stood in its way.");
}

const same = (a: string | null, b: string) => a?.toLowerCase() === b.toLowerCase();

async function orNull<T>(answer: Promise<T>, absent: abstract new (...args: never[]) => Error): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof absent) return null;
    throw error;
  });
}
