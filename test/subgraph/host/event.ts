import type { AbiEvent, AbiParameter, Block, Hex, Log, Transaction } from "viem";
import { type Heap, TypeId } from "./memory.ts";

/** A log that a receipt holds, with what surrounds it. */
export interface ChainEvent {
  log: Log<bigint, number, false>;
  block: Block;
  transaction: Transaction;
}

/** `ethereum.ValueKind` of graph-ts, by the beginning of a Solidity type. */
const kinds = [
  { matches: /^address$/, kind: 0, write: (heap: Heap) => heap.bytes },
  { matches: /^bytes\d+$/, kind: 1, write: (heap: Heap) => heap.bytes },
  { matches: /^bytes$/, kind: 2, write: (heap: Heap) => heap.bytes },
  { matches: /^int\d+$/, kind: 3, write: (heap: Heap) => (value: bigint | number) => heap.bigInt(BigInt(value)) },
  { matches: /^uint\d+$/, kind: 4, write: (heap: Heap) => (value: bigint | number) => heap.bigInt(BigInt(value)) },
  { matches: /^bool$/, kind: 5, write: () => Number },
  { matches: /^string$/, kind: 6, write: (heap: Heap) => heap.string },
] as const;

/** Writes an event as the `ethereum.Event` that a handler takes (API version 0.0.9). */
export function writeEvent(heap: Heap, event: AbiEvent, args: Record<string, unknown>, chainEvent: ChainEvent): number {
  const { log, block, transaction } = chainEvent;
  const parameters = event.inputs.map((input) => {
    const name = input.name ?? "";
    return heap.object(TypeId.EventParam, [heap.string(name), writeValue(heap, input, args[name])]);
  });
  const index = heap.bigInt(BigInt(log.logIndex));
  return heap.object(TypeId.EthereumEvent, [
    heap.bytes(log.address),
    index,
    index,
    0,
    writeBlock(heap, block),
    writeTransaction(heap, transaction),
    heap.array(TypeId.ArrayEventParam, parameters),
    // The manifest asks for no receipts.
    0,
  ]);
}

function writeValue(heap: Heap, { type }: AbiParameter, value: unknown): number {
  const found = kinds.find(({ matches }) => matches.test(type));
  if (found === undefined) throw new Error(`no event of ours has a parameter of type ${type}`);
  return heap.tagged(TypeId.EthereumValue, found.kind, found.write(heap)(value as never));
}

function writeBlock(heap: Heap, block: Block): number {
  const hashes = [block.hash, block.parentHash, block.sha3Uncles, block.miner];
  const roots = [block.stateRoot, block.transactionsRoot, block.receiptsRoot];
  const numbers = [block.number, block.gasUsed, block.gasLimit, block.timestamp, block.difficulty];
  return heap.object(TypeId.EthereumBlock, [
    ...[...hashes, ...roots].map((hash) => heap.bytes(hash ?? "0x")),
    ...[...numbers, block.totalDifficulty, block.size, block.baseFeePerGas].map((number) => heap.bigInt(number ?? 0n)),
  ]);
}

function writeTransaction(heap: Heap, transaction: Transaction): number {
  const optional = (hex: Hex | null) => (hex === null ? 0 : heap.bytes(hex));
  return heap.object(TypeId.EthereumTransaction, [
    heap.bytes(transaction.hash),
    heap.bigInt(BigInt(transaction.transactionIndex ?? 0)),
    heap.bytes(transaction.from),
    optional(transaction.to),
    heap.bigInt(transaction.value),
    heap.bigInt(transaction.gas),
    heap.bigInt(transaction.gasPrice ?? 0n),
    heap.bytes(transaction.input),
    heap.bigInt(BigInt(transaction.nonce)),
  ]);
}
