import { type Address, type Hex, keccak256, type TypedDataDomain, toBytes } from "viem";

/** The chain and contract that a node's statements are made for. */
export interface StatementDomain {
  readonly chainId: number;
  readonly nexusAddress: Address;
}

/** Topic of signed node records, the first kind of statement. */
export const nodeRecordTopic: Hex = keccak256(toBytes("shadowmesh/node-record/1"));

/**
 * A statement of a node about itself. Two different contents under one (peerID, topic, sequence), signed by one node
 * key, contradict each other: NodeNexus can punish that from the two signatures alone.
 */
export const statementTypes = {
  Statement: [
    { name: "peerID", type: "bytes20" },
    { name: "topic", type: "bytes32" },
    { name: "sequence", type: "uint64" },
    { name: "contentHash", type: "bytes32" },
  ],
} as const;

/** EIP-712 domain of NodeNexus. */
export function statementDomain(domain: StatementDomain): TypedDataDomain {
  return {
    name: "ShadowMesh NodeNexus",
    version: "1",
    chainId: domain.chainId,
    verifyingContract: domain.nexusAddress,
  };
}
