import type { AbiEvent, Address, GetLogsReturnType, PublicClient } from "viem";

/** What RPC endpoints commonly answer at once; where one refuses, half of it is asked for. */
const blocksPerRequest = 10_000n;
const fewestBlocks = 100n;
/** A block that was seen may still be replaced: the last few are read again. */
const settledAfterBlocks = 12n;

/** Events of one contract, from one block to another, and since when that is. */
export interface Scan<E extends readonly AbiEvent[]> {
  logs: GetLogsReturnType<undefined, E, true>;
  fromBlock: bigint;
  toBlock: bigint;
  /** Time of `fromBlock`. */
  sinceMs: number;
  /** Whether there can be no earlier ones. */
  complete: boolean;
}

interface ScanOptions<E extends readonly AbiEvent[]> {
  chain: PublicClient;
  address: Address;
  events: E;
  /** Nothing is before it: the block of the deployment. */
  firstBlock: bigint;
  /** Requests at the most: what is older stays unread. */
  maxRequests: number;
  /** What was read before is not read again. */
  before?: Scan<E>;
  /** Ends it between two requests. */
  signal?: AbortSignal;
  /** Is told how much of the blocks has been read, from 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Reads a contract's events, newest first, in ranges that an endpoint answers. */
export async function scanLogs<const E extends readonly AbiEvent[]>(options: ScanOptions<E>): Promise<Scan<E>> {
  const { chain, address, events, firstBlock, before } = options;
  const head = await chain.getBlockNumber({ cacheTime: 0 });
  if (before && before.toBlock === head) return before;
  const known = before && before.toBlock < head ? before : undefined;
  const stopAt = known ? max(known.fromBlock, known.toBlock - settledAfterBlocks) : firstBlock;
  const found: GetLogsReturnType<undefined, E, true>[] = [];
  let size = blocksPerRequest;
  let toBlock = head;
  for (let request = 0; request < options.maxRequests && toBlock >= stopAt; request++) {
    options.signal?.throwIfAborted();
    const fromBlock = max(stopAt, toBlock - size + 1n);
    try {
      found.unshift(await chain.getLogs({ address, events, fromBlock, toBlock, strict: true }));
      toBlock = fromBlock - 1n;
      options.onProgress?.(Number(head - toBlock) / Number(head - stopAt + 1n));
    } catch (error) {
      if (size <= fewestBlocks) throw error;
      size /= 2n;
    }
  }
  const scannedFrom = toBlock + 1n;
  const joined = known !== undefined && scannedFrom <= stopAt;
  const fromBlock = joined ? known.fromBlock : scannedFrom;
  const old = joined ? known.logs.filter(({ blockNumber }) => blockNumber < scannedFrom) : [];
  const sinceMs = joined ? known.sinceMs : Number((await chain.getBlock({ blockNumber: fromBlock })).timestamp) * 1_000;
  const logs = [...old, ...found.flat()] as GetLogsReturnType<undefined, E, true>;
  return { logs, fromBlock, toBlock: head, sinceMs, complete: fromBlock <= firstBlock };
}

const max = (a: bigint, b: bigint) => (a > b ? a : b);
