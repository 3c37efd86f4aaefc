import { bytesToHex, type Hex, hexToBytes } from "viem";
import type { Field, Scalar } from "./schema.ts";
import type { Entity, Value } from "./store.ts";

/** What a compiled mapping exports besides its handlers. */
export interface MappingExports {
  memory: WebAssembly.Memory;
  __new(size: number, classId: number): number;
  id_of_type(typeId: number): number;
  _start(): void;
}

/** Classes of graph-ts that a host creates: `TypeId` in its global/global.ts. */
export const TypeId = {
  String: 0,
  ArrayBuffer: 1,
  Uint8Array: 6,
  ArrayStoreValue: 16,
  ArrayEventParam: 19,
  ArrayTypedMapEntryStringStoreValue: 21,
  EventParam: 23,
  EthereumTransaction: 24,
  EthereumBlock: 25,
  EthereumValue: 30,
  StoreValue: 31,
  EthereumEvent: 33,
  TypedMapEntryStringStoreValue: 34,
  TypedMapStringStoreValue: 36,
} as const;

/** `ValueKind` of graph-ts's common/value.ts. */
const kinds = { String: 0, Int: 1, Boolean: 3, Array: 4, Null: 5, Bytes: 6, BigInt: 7 } as const;

/**
 * The objects in a mapping's memory, as AssemblyScript 0.19 lays them out: a pointer names the first byte behind a
 * header that ends with the class (u32) and the size (u32). Strings are UTF-16; an array or view is its buffer, where
 * in it the data start, and their length in bytes, an array's length in items besides. Memory is never freed: an
 * instance lives for one event.
 */
export interface Heap {
  string(text: string): number;
  bytes(hex: Hex): number;
  bigInt(value: bigint): number;
  /** An object of pointers; null is 0. */
  object(typeId: number, pointers: readonly number[]): number;
  /** An array of pointers. */
  array(typeId: number, pointers: readonly number[]): number;
  /** A tagged value: the kind (u32), padding, and the value or a pointer to it (u64). */
  tagged(typeId: number, kind: number, payload: number): number;
  entity(entity: Entity, fields: ReadonlyMap<string, Field>): number;
  readString(pointer: number): string;
  readStrings(pointer: number): string[];
  readBytes(pointer: number): Hex;
  readBigInt(pointer: number): bigint;
  readEntity(pointer: number): Entity;
}

export function createHeap({ memory, __new, id_of_type }: MappingExports): Heap {
  const view = () => new DataView(memory.buffer);
  const word = (pointer: number) => view().getUint32(pointer, true);

  function allocate(typeId: number, content: Uint8Array): number {
    const pointer = __new(content.length, id_of_type(typeId));
    new Uint8Array(memory.buffer).set(content, pointer);
    return pointer;
  }
  const words = (values: readonly number[]) => new Uint8Array(Uint32Array.from(values).buffer);
  const rawBytes = (content: Uint8Array) => {
    const buffer = allocate(TypeId.ArrayBuffer, content);
    return allocate(TypeId.Uint8Array, words([buffer, buffer, content.length]));
  };

  const heap: Heap = {
    string: (text) => allocate(TypeId.String, new Uint8Array(Buffer.from(text, "utf16le"))),
    bytes: (hex) => rawBytes(hexToBytes(hex)),
    bigInt: (value) => rawBytes(signedLittleEndian(value)),
    object: (typeId, pointers) => allocate(typeId, words(pointers)),
    array(typeId, pointers) {
      const content = words(pointers);
      const buffer = allocate(TypeId.ArrayBuffer, content);
      return allocate(typeId, words([buffer, buffer, content.length, pointers.length]));
    },
    tagged: (typeId, kind, payload) => allocate(typeId, words([kind, 0, payload, 0])),
    entity(entity, fields) {
      const entries = Object.entries(entity).map(([name, value]) => {
        const field = fields.get(name);
        if (field === undefined) throw new Error(`the schema has no field ${name}`);
        const pointers = [heap.string(name), storeValue(value, field)];
        return heap.object(TypeId.TypedMapEntryStringStoreValue, pointers);
      });
      const list = heap.array(TypeId.ArrayTypedMapEntryStringStoreValue, entries);
      return heap.object(TypeId.TypedMapStringStoreValue, [list]);
    },
    readString: (pointer) => Buffer.from(new Uint8Array(memory.buffer, pointer, word(pointer - 4))).toString("utf16le"),
    readStrings: (pointer) => readArray(pointer).map(heap.readString),
    readBytes: (pointer) => bytesToHex(readView(pointer)),
    readBigInt(pointer) {
      const bytes = readView(pointer);
      return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(bytesToHex(bytes.toReversed())));
    },
    readEntity(pointer) {
      const entries = readArray(word(pointer));
      return Object.fromEntries(entries.map((entry) => [heap.readString(word(entry)), readValue(word(entry + 4))]));
    },
  };

  const write: Record<Scalar, (value: never) => number> = {
    String: heap.string,
    Bytes: heap.bytes,
    BigInt: heap.bigInt,
    Int: (value: number) => value,
    Boolean: (value: boolean) => Number(value),
  };
  function storeValue(value: Value, field: Field): number {
    if (value === null) return heap.tagged(TypeId.StoreValue, kinds.Null, 0);
    if (Array.isArray(value)) {
      const items = value.map((item: Value) => storeValue(item, field));
      return heap.tagged(TypeId.StoreValue, kinds.Array, heap.array(TypeId.ArrayStoreValue, items));
    }
    return heap.tagged(TypeId.StoreValue, kinds[field.scalar], write[field.scalar](value as never));
  }

  const readView = (pointer: number) => new Uint8Array(memory.buffer, word(pointer + 4), word(pointer + 8)).slice();
  function readArray(pointer: number): number[] {
    const [start, length] = [word(pointer + 4), word(pointer + 12)];
    return Array.from({ length }, (_, index) => word(start + index * 4));
  }
  function readValue(pointer: number): Value {
    const [kind, payload] = [word(pointer), word(pointer + 8)];
    if (kind === kinds.String) return heap.readString(payload);
    if (kind === kinds.Int) return payload | 0;
    if (kind === kinds.Boolean) return payload !== 0;
    if (kind === kinds.Array) return readArray(payload).map(readValue);
    if (kind === kinds.Null) return null;
    if (kind === kinds.Bytes) return heap.readBytes(payload);
    if (kind === kinds.BigInt) return heap.readBigInt(payload);
    throw new Error(`no schema of ours has values of kind ${kind}`);
  }
  return heap;
}

/** As few bytes as hold the number and its sign. */
function signedLittleEndian(value: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const digits = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, "0");
  return hexToBytes(`0x${digits}`).reverse();
}
