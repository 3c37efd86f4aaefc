import {
  type Account,
  type Address,
  concat,
  encodeAbiParameters,
  getAbiItem,
  type Hash,
  type Hex,
  keccak256,
  numberToHex,
  parseSignature,
} from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { reputationAbi } from "../../../contracts/generated/reputation.ts";
import type { NodeAtBlock, Section } from "../evidence/evaluate.ts";
import type { Signer } from "../evidence/probe.ts";
import type { EpochRoot } from "../evidence/replay.ts";
import type { Chain } from "./chain.ts";
import { bytesToRegion, nodeTypeIndex, nodeTypes, regionToBytes } from "./nexus.ts";
import { transact } from "./transact.ts";

/** What the backbones sign: `IReputation.Batch`. */
export interface ScoreBatch {
  readonly epoch: bigint;
  readonly evidenceRoot: Hex;
  readonly sections: readonly { readonly region: Hex; readonly nodeType: number; readonly changes: Hex }[];
}

/** A signature in short form (EIP-2098), and what makes a peer ID of its address. */
export interface BatchSignature {
  readonly mlDsaKeyHash: Hex;
  readonly r: Hex;
  readonly vs: Hex;
}

/** The contract whose scores count; a block number pins what is read of it and of NodeNexus. */
export interface Reputation {
  readonly address: Address;
  readonly epochLengthS: number;
  /** The newest evidence on chain; null before the first. */
  last(blockNumber?: bigint): Promise<EpochRoot | null>;
  /** Null where the epoch was passed over. */
  rootOf(epoch: number): Promise<Hex | null>;
  quorum(blockNumber?: bigint): Promise<number>;
  isBackbone(peerId: Hex, blockNumber: bigint): Promise<boolean>;
  /** Null for a node that is not registered, or leaving. */
  nodeAt(peerId: Hex, blockNumber: bigint): Promise<NodeAtBlock | null>;
  /** @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS */
  submit(account: Account, batch: ScoreBatch, signatures: readonly BatchSignature[]): Promise<Hash>;
}

/** Reads which contract keeps the scores; null where governance has named none. */
export async function createReputation(chain: Chain): Promise<Reputation | null> {
  const address = await chain.nexus.scorer();
  if (address === null) return null;
  const { client } = chain;
  const contract = { address, abi: reputationAbi } as const;
  const nexus = { address: chain.statementDomain.nexusAddress, abi: nodeNexusAbi } as const;
  const epochLengthS = Number(await client.readContract({ ...contract, functionName: "EPOCH_LENGTH" }));

  async function rootAt(epoch: bigint, blockNumber?: bigint): Promise<Hex | null> {
    const args = [epoch] as const;
    const root = await client.readContract({ ...contract, functionName: "evidenceRoots", args, blockNumber });
    return BigInt(root) === 0n ? null : root;
  }

  return {
    address,
    epochLengthS,
    async last(blockNumber) {
      const epoch = await client.readContract({ ...contract, functionName: "lastEpoch", blockNumber });
      const root = epoch === 0n ? null : await rootAt(epoch, blockNumber);
      return root === null ? null : { epoch: Number(epoch), root };
    },
    rootOf: (epoch) => rootAt(BigInt(epoch)),
    async quorum(blockNumber) {
      return Number(await client.readContract({ ...contract, functionName: "quorum", blockNumber }));
    },
    isBackbone: (peerId, blockNumber) =>
      client.readContract({ ...nexus, functionName: "isBackbone", args: [peerId], blockNumber }),
    async nodeAt(peerId, blockNumber) {
      const args = [peerId] as const;
      const [node, pool, before] = await Promise.all([
        client.readContract({ ...nexus, functionName: "nodes", args, blockNumber }),
        client.readContract({ ...nexus, functionName: "poolOf", args, blockNumber }),
        client.readContract({ ...nexus, functionName: "scoreOf", args, blockNumber }),
      ]);
      const nodeType = nodeTypes[node.nodeType];
      if (!node.active || nodeType === undefined) return null;
      return { number: pool.pool, region: bytesToRegion(node.region), nodeType, before };
    },
    submit: (account, batch, signatures) =>
      transact(chain, account, async () => {
        const call = { ...contract, functionName: "submit", args: [batch, signatures], account } as const;
        // The pending block: the latest one of a quiet chain may be of an epoch long past.
        const gas = await client.estimateContractGas({ ...call, blockTag: "pending" });
        return { request: { ...call, gas } };
      }),
  };
}

/** The changes of an epoch as the contract takes them. */
export function toScoreBatch({ epoch, root }: EpochRoot, sections: readonly Section[]): ScoreBatch {
  return {
    epoch: BigInt(epoch),
    evidenceRoot: root,
    sections: sections.map(({ region, nodeType, changes }) => ({
      region: regionToBytes(region),
      nodeType: nodeTypeIndex(nodeType),
      changes: concat(
        changes.flatMap(({ number, score }) => [numberToHex(number, { size: 4 }), numberToHex(score, { size: 1 })]),
      ),
    })),
  };
}

/** Signs a batch by the node key, for one contract on one chain (EIP-712). */
export async function signBatch(
  signer: Signer,
  batch: ScoreBatch,
  { chainId, address }: { chainId: number; address: Address },
): Promise<BatchSignature> {
  const signature = await signer.nodeAccount.signTypedData(batchData(batch, chainId, address));
  const { r, s, yParity } = parseSignature(signature);
  return {
    mlDsaKeyHash: signer.mlDsaKeyHash,
    r,
    vs: numberToHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 }),
  };
}

const [batchInput] = getAbiItem({ abi: reputationAbi, name: "hashBatch" }).inputs;
const sectionsInput = batchInput.components[2];

/** EIP-712 data of a batch, as `IReputation` describes it. */
export function batchData(batch: ScoreBatch, chainId: number, reputation: Address) {
  const sectionsHash = keccak256(encodeAbiParameters([sectionsInput], [batch.sections]));
  return {
    domain: { name: "ShadowMesh Reputation", version: "1", chainId, verifyingContract: reputation },
    types: {
      ScoreBatch: [
        { name: "epoch", type: "uint64" },
        { name: "evidenceRoot", type: "bytes32" },
        { name: "sectionsHash", type: "bytes32" },
      ],
    },
    primaryType: "ScoreBatch",
    message: { epoch: batch.epoch, evidenceRoot: batch.evidenceRoot, sectionsHash },
  } as const;
}
