import { type Address, decodeEventLog, getAddress, type PublicClient } from "viem";
import { type ChainEvent, writeEvent } from "./event.ts";
import { createImports } from "./imports.ts";
import { type DataSource, readBuild } from "./manifest.ts";
import { createHeap, type MappingExports } from "./memory.ts";
import { type EntityType, readSchema } from "./schema.ts";
import { createStore, type Store } from "./store.ts";

export interface Indexer {
  readonly store: Store;
  readonly schema: ReadonlyMap<string, EntityType>;
  /** Handles the events of all blocks that are new. */
  catchUp(): Promise<void>;
}

type Exports = MappingExports & Record<string, (event: number) => void>;

/**
 * Runs the compiled mappings as graph-node does: events in the order of the chain, and for each a new instance, so that
 * nothing outlives an event but what is stored. (graph-node gives a contract that was just named the events of its whole
 * block; here it gets those from then on.)
 *
 * @param addresses - Of the data sources in the manifest; one that is not there is not followed.
 */
export async function createIndexer(
  client: PublicClient,
  addresses: Record<string, Address | undefined>,
  firstBlock: bigint,
): Promise<Indexer> {
  const build = await readBuild();
  const schema = readSchema(build.schema);
  const store = createStore(schema);
  const followed = build.dataSources.flatMap((source) => {
    const address = addresses[source.name];
    return address === undefined ? [] : [{ source, address: getAddress(address) }];
  });

  function createDataSource(template: string, address: string): void {
    const source = build.templates.find(({ name }) => name === template);
    if (source === undefined) throw new Error(`the manifest has no template ${template}`);
    followed.push({ source, address: getAddress(address) });
  }

  function handle({ module, handlers, name }: DataSource, chainEvent: ChainEvent): void {
    const { topics, data } = chainEvent.log;
    const [topic] = topics;
    const found = topic && handlers.get(topic);
    if (!found) throw new Error(`${name} has no handler for the event ${topic}`);
    const { eventName, args = {} } = decodeEventLog({ abi: [found.event], data, topics });
    const imports = createImports(() => ({ heap, store, schema, createDataSource }));
    const exports = new WebAssembly.Instance(module, imports as WebAssembly.Imports).exports as unknown as Exports;
    const heap = createHeap(exports);
    exports._start();
    const handler = exports[found.handler];
    if (handler === undefined) throw new Error(`the mapping of ${name} exports no ${found.handler}`);
    try {
      handler(writeEvent(heap, found.event, args as Record<string, unknown>, chainEvent));
    } catch (error) {
      throw new Error(`${found.handler} failed on ${eventName} of block ${chainEvent.block.number}`, { cause: error });
    }
  }

  let nextBlock = firstBlock;
  return {
    store,
    schema,
    async catchUp() {
      const latest = await client.getBlockNumber({ cacheTime: 0 });
      for (; nextBlock <= latest; nextBlock++) {
        const block = await client.getBlock({ blockNumber: nextBlock, includeTransactions: true });
        for (const transaction of block.transactions) {
          const { logs } = await client.getTransactionReceipt({ hash: transaction.hash });
          for (const log of logs) {
            const sources = followed.filter(({ address }) => address === getAddress(log.address));
            for (const { source } of sources) handle(source, { log, block, transaction });
          }
        }
      }
    },
  };
}
