import type { Hash, Hex } from "viem";
import {
  type BatchSignature,
  type Chain,
  createReputation,
  type EpochRoot,
  type Reputation,
  type ScoreBatch,
  signBatch,
} from "../../core/chain/index.ts";
import type { NodeAtBlock } from "../../core/evidence/evaluate.ts";
import type { Identity } from "../../core/identity/index.ts";
import { createEpochClock, type EpochClock } from "./epochs.ts";

/** Blocks that every full node can still be asked about: what is older, an evidence must not be pinned to. */
export const maxBlockAge = 100;
/** Nodes read at once. */
const parallel = 16;

/** A backbone of the contract; `url` is null where its operator has set none. */
export interface ListedBackbone {
  readonly peerId: Hex;
  readonly url: string | null;
}

/** The chain as of one block. */
export interface Snapshot {
  readonly blockNumber: number;
  /** The newest evidence on chain. */
  readonly last: EpochRoot | null;
  isBackbone(peerId: Hex): Promise<boolean>;
  /** Those of the nodes that are registered and active. */
  nodes(peerIds: readonly Hex[]): Promise<Map<Hex, NodeAtBlock>>;
}

/** The chain as scores need it; whatever is asked throws while it is away. */
export interface HealthChain {
  /** Null while no contract keeps scores. */
  epochs(): Promise<EpochClock | null>;
  /** Sorted by peer ID. */
  backbones(): Promise<ListedBackbone[]>;
  quorum(): Promise<number>;
  blockNumber(): Promise<number>;
  snapshot(blockNumber: number): Promise<Snapshot>;
  sign(batch: ScoreBatch): Promise<BatchSignature>;
  /** @throws CHAIN_UNREACHABLE, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS */
  submit(batch: ScoreBatch, signatures: readonly BatchSignature[]): Promise<Hash>;
  /** What the node key holds to pay for gas. */
  balanceWei(): Promise<bigint>;
}

export function createHealthChain(chain: Chain, identity: Identity): HealthChain {
  async function requireReputation(): Promise<Reputation> {
    const reputation = await createReputation(chain);
    if (reputation === null) throw new Error("governance has named no contract that keeps scores");
    return reputation;
  }

  return {
    async epochs() {
      chain.requireConnected();
      const reputation = await createReputation(chain);
      return reputation === null ? null : createEpochClock(reputation.epochLengthS);
    },
    async backbones() {
      const { nexus } = chain;
      const lists = await Promise.all((await nexus.regions()).map((region) => nexus.backbones(region)));
      const peerIds = lists.flat().sort();
      return Promise.all(peerIds.map(async (peerId) => ({ peerId, url: await nexus.endpointOf(peerId) })));
    },
    quorum: async () => (await requireReputation()).quorum(),
    blockNumber: async () => Number(await chain.client.getBlockNumber({ cacheTime: 0 })),
    async snapshot(blockNumber) {
      const reputation = await requireReputation();
      const block = BigInt(blockNumber);
      return {
        blockNumber,
        last: await reputation.last(block),
        isBackbone: (peerId) => reputation.isBackbone(peerId, block),
        async nodes(peerIds) {
          const found = new Map<Hex, NodeAtBlock>();
          for (let from = 0; from < peerIds.length; from += parallel) {
            await Promise.all(
              peerIds.slice(from, from + parallel).map(async (peerId) => {
                const node = await reputation.nodeAt(peerId, block);
                if (node !== null) found.set(peerId, node);
              }),
            );
          }
          return found;
        },
      };
    },
    async sign(batch) {
      const { address } = await requireReputation();
      return signBatch(identity, batch, { chainId: chain.chainId, address });
    },
    submit: async (batch, signatures) => (await requireReputation()).submit(identity.nodeAccount, batch, signatures),
    balanceWei: () => chain.client.getBalance({ address: identity.nodeAddress }),
  };
}
