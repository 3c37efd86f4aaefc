"use client";

import { toRegistration } from "../../_shared/chain/nexus";
import { batched, type NodeShape } from "../../_shared/chain/registry/read";
import { useNodeList } from "../../_shared/chain/registry/use-node-list";
import type { RegisteredNode } from "./node-list";

/** A node with its score: of a whole page in one more call, where `nodeDetails` would be one a node. */
const withScore: NodeShape<RegisteredNode> = {
  async ofPage({ chain, at }, page) {
    const scores = await chain.multicall({
      ...batched,
      blockNumber: at.blockNumber,
      contracts: page.map(({ peerID }) => ({ ...at, functionName: "scoreOf", args: [peerID] }) as const),
    });
    return page.map((node, index) => ({ ...toRegistration(node), score: scores[index] ?? 0 }));
  },
  ofDetails: ({ node, score }) => ({ ...toRegistration(node), score }),
};

/** Every active node of the contract. */
export function useRegistry(rpcUrl: string, address: `0x${string}`) {
  return useNodeList("with-score", rpcUrl, address, withScore);
}
