import { hexToBytes } from "viem";
import type { Heap } from "./memory.ts";
import type { EntityType } from "./schema.ts";
import type { Store } from "./store.ts";

export interface HostPorts {
  heap: Heap;
  store: Store;
  schema: ReadonlyMap<string, EntityType>;
  /** Follows a contract from now on. */
  createDataSource(template: string, address: string): void;
}

type Imports = Record<string, Record<string, (...pointers: number[]) => number | undefined>>;

/** What graph-node gives to mappings, as far as ours use it; `log.critical` and `abort` throw. */
export function createImports(ports: () => HostPorts): Imports {
  const heap = () => ports().heap;
  const big = (compute: (x: bigint, y: bigint) => bigint) => (x: number, y: number) =>
    heap().bigInt(compute(heap().readBigInt(x), heap().readBigInt(y)));

  return {
    env: {
      abort(message, file, line, column) {
        const place = file === 0 ? "" : ` at ${heap().readString(file)}:${line}:${column}`;
        throw new Error(`the mapping aborted${place}: ${message === 0 ? "" : heap().readString(message)}`);
      },
    },
    index: {
      "store.get"(type, id) {
        const { store, schema } = ports();
        const name = heap().readString(type);
        const entity = store.get(name, heap().readString(id));
        return entity === undefined ? 0 : heap().entity(entity, schema.get(name)?.fields ?? new Map());
      },
      "store.set"(type, id, data) {
        ports().store.set(heap().readString(type), heap().readString(id), heap().readEntity(data));
        return undefined;
      },
      "log.log"(level, message) {
        if (level === 0) throw new Error(`critical: ${heap().readString(message)}`);
        return undefined;
      },
    },
    datasource: {
      "dataSource.create"(template, parameters) {
        ports().createDataSource(heap().readString(template), heap().readStrings(parameters)[0] ?? "");
        return undefined;
      },
    },
    conversion: {
      "typeConversion.bigIntToString": (value) => heap().string(heap().readBigInt(value).toString()),
      "typeConversion.bytesToHex": (bytes) => heap().string(heap().readBytes(bytes)),
      // Text in a field of fixed length ends with zeros.
      "typeConversion.bytesToString": (bytes) =>
        heap().string(new TextDecoder().decode(hexToBytes(heap().readBytes(bytes))).replace(/\0+$/, "")),
    },
    numbers: {
      "bigInt.plus": big((x, y) => x + y),
      "bigInt.minus": big((x, y) => x - y),
      "bigInt.times": big((x, y) => x * y),
      "bigInt.dividedBy": big((x, y) => x / y),
      "bigDecimal.toString"() {
        throw new Error("no entity of ours has decimals");
      },
    },
  };
}
