"use client";

import { useMutation } from "@tanstack/react-query";
import { zeroAddress } from "viem";
import { reputationAbi } from "../../../contracts/generated/reputation.ts";
import { ShadowMeshError } from "../../../node/core/errors.ts";
import { readEvidence } from "../../../node/core/evidence/evidence.ts";
import { invalid } from "../../../node/core/evidence/lines.ts";
import { type EpochRoot, type NodeReplay, replayNode } from "../../../node/core/evidence/replay.ts";
import { healthErrors } from "../../../node/services/health/errors.ts";
import type { Network } from "../../_shared/chain/network";
import { nodeNexusAbi } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import { client } from "../../_shared/node/client";

export interface Replayed extends NodeReplay, EpochRoot {
  /** On chain. */
  readonly score: number;
  /** Backbones that gave the evidence of the root, of those that were asked. */
  readonly sources: { readonly same: number; readonly asked: number };
  /** What checking and computing took in this browser. */
  readonly elapsedMs: number;
}

/**
 * Replays a node's score in the page. The daemon only fetches the evidence, which pages may not: roots and scores come
 * from the chain, and what hangs on them is checked here.
 */
export function useReplay(network: Network, nexusAddress: `0x${string}`, peerId: `0x${string}`) {
  return useMutation({ mutationFn: () => replay(network, nexusAddress, peerId) });
}

async function replay(network: Network, nexusAddress: `0x${string}`, peerId: `0x${string}`): Promise<Replayed> {
  const chain = publicClientOf(network.rpcUrl);
  // One block for all of it: else the scores of a next epoch could come in between.
  const blockNumber = await chain.getBlockNumber({ cacheTime: 0 });
  const nexus = { abi: nodeNexusAbi, address: nexusAddress, blockNumber } as const;
  const address = await chain.readContract({ ...nexus, functionName: "scorer" });
  if (address === zeroAddress) throw new ShadowMeshError(healthErrors.NO_SCORES);
  const reputation = { abi: reputationAbi, address, blockNumber } as const;
  const rootOf = async (epoch: number) => {
    const root = await chain.readContract({ ...reputation, functionName: "evidenceRoots", args: [BigInt(epoch)] });
    return BigInt(root) === 0n ? null : root;
  };
  const [epochLength, lastEpoch, score] = await Promise.all([
    chain.readContract({ ...reputation, functionName: "EPOCH_LENGTH" }),
    chain.readContract({ ...reputation, functionName: "lastEpoch" }),
    chain.readContract({ ...nexus, functionName: "scoreOf", args: [peerId] }),
  ]);
  const epoch = Number(lastEpoch);
  const root = epoch === 0 ? null : await rootOf(epoch);
  if (root === null) throw new ShadowMeshError(healthErrors.NO_SCORES);

  const last = { epoch, root };
  let sources = { same: 0, asked: 0 };
  let startedAt = performance.now();
  const node = await replayNode(
    peerId,
    last,
    { domain: { chainId: network.chainId, nexusAddress }, epochLengthS: Number(epochLength) },
    {
      rootOf,
      async evidenceOf(of) {
        const answer = await client.call("evidence", { epoch: of.epoch, root: of.root });
        if (of === last) {
          sources = {
            same: answer.sources.filter(({ state }) => state === "same").length,
            asked: answer.sources.length,
          };
        }
        startedAt = performance.now();
        const evidence = readEvidence(answer.lines);
        if (evidence.tree.root !== of.root) throw invalid("it has another root than the chain");
        return evidence;
      },
    },
  );
  const elapsedMs = performance.now() - startedAt;
  if (node === null) throw new ShadowMeshError(healthErrors.NODE_NOT_RATED, { details: { peerId, ...last } });
  return { ...node, ...last, score, sources, elapsedMs };
}
