import { type Hash, type Hex, parseEventLogs } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { type Chain, chainErrors, type Nexus } from "../core/chain/index.ts";
import { ShadowMeshError } from "../core/errors.ts";
import type { NodeType } from "../core/schema.ts";
import type { BackboneNode } from "./api.ts";
import type { RegistrySource } from "./registry/index.ts";

const nodeTypes: readonly NodeType[] = ["backbone_auth", "light_private", "light_public"];
const pageSize = 500;
/** Further behind than that, a full read is quicker than the events, and many endpoints refuse the range. */
const maxBlocks = 2_000;

export interface ChainPorts {
  readonly source: RegistrySource;
  /** The contract's backbones whose endpoint is known. @throws CHAIN_UNREACHABLE */
  backboneNodes(): Promise<BackboneNode[]>;
  /** @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT */
  requireChain(): void;
}

/** The chain as the backbone's ports. */
export function createChainPorts(chain: Chain): ChainPorts {
  return {
    requireChain: () => chain.requireConnected(),
    backboneNodes: () => answered(async () => listBackbones(chain.nexus)),
    source: {
      registrationOf: (peerId) => answered(async () => chain.nexus.registrationOf(peerId)),
      pages: (signal) => readPages(chain, signal),
      watch: (listener) => watchEvents(chain, listener),
    },
  };
}

async function* readPages(chain: Chain, signal: AbortSignal) {
  const regions = await answered(async () => chain.nexus.regions());
  for (const region of regions) {
    for (const type of nodeTypes) {
      for (let offset = 0; ; offset += pageSize) {
        signal.throwIfAborted();
        const { nodes, total } = await answered(() => chain.nexus.page(region, type, offset, pageSize));
        if (nodes.length > 0) yield nodes;
        if (offset + pageSize >= total) break;
      }
    }
  }
}

/** Reads the events of each new block once; what could not be read, or was of blocks that are no more, is a gap. */
function watchEvents(chain: Chain, listener: Parameters<RegistrySource["watch"]>[0]): () => void {
  let last = headOf(chain);
  let connected = chain.state === "connected";
  let reading = false;

  function look(): void {
    const before = connected;
    connected = chain.state === "connected";
    if (connected !== before) listener.onGap();
    if (connected && !reading) void readNews();
  }

  async function readNews(): Promise<void> {
    reading = true;
    for (let head = headOf(chain); head !== null && head.hash !== last?.hash; head = headOf(chain)) {
      const from = last;
      last = head;
      await readSince(chain, from, head).then((peerIds) => {
        if (peerIds === null) listener.onGap();
        else listener.onChange(peerIds);
      }, listener.onGap);
    }
    reading = false;
  }

  look();
  return chain.onChange(look);
}

interface Head {
  number: number;
  hash: Hash;
}

function headOf({ blockNumber: number, blockHash: hash }: Chain): Head | null {
  return number === null || hash === null ? null : { number, hash };
}

/** The peers that the blocks after `from` name; null where they can't tell what changed. */
async function readSince(chain: Chain, from: Head | null, head: Head): Promise<Hex[] | null> {
  // The first block ever seen, a shorter chain, or so many blocks that a full read is quicker.
  if (from === null || head.number <= from.number || head.number - from.number > maxBlocks) return null;
  const { hash } = await chain.client.getBlock({ blockNumber: BigInt(from.number) });
  // A reorganisation: what its orphaned blocks brought must go, and no event says so.
  return hash === from.hash ? changedPeers(chain, from.number + 1, head.number) : null;
}

async function changedPeers(chain: Chain, fromBlock: number, toBlock: number): Promise<Hex[]> {
  const { nexusAddress: address } = chain.statementDomain;
  const logs = await chain.client.getLogs({ address, fromBlock: BigInt(fromBlock), toBlock: BigInt(toBlock) });
  const peerIds = parseEventLogs({ abi: nodeNexusAbi, logs }).flatMap(({ args }) =>
    args !== undefined && "peerID" in args ? [args.peerID] : [],
  );
  return [...new Set(peerIds)];
}

async function listBackbones(nexus: Nexus): Promise<BackboneNode[]> {
  const lists = await Promise.all(
    (await nexus.regions()).map(async (region) => {
      const endpoints = await Promise.all((await nexus.backbones(region)).map((peerId) => nexus.endpointOf(peerId)));
      return endpoints.flatMap((endpoint) => toBackboneNode(region, endpoint) ?? []);
    }),
  );
  return lists.flat();
}

/** An operator may write anything on chain: what is no HTTP URL is left out. */
function toBackboneNode(region: string, endpoint: string | null): BackboneNode | null {
  const url = endpoint === null ? null : URL.parse(endpoint);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  return {
    region,
    ip: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
  };
}

async function answered<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (ShadowMeshError.is(cause)) throw cause;
    throw new ShadowMeshError(chainErrors.CHAIN_UNREACHABLE, { cause });
  }
}
