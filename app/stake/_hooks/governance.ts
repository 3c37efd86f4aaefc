"use client";

import { useQuery } from "@tanstack/react-query";
import { getAbiItem, type PublicClient } from "viem";
import { nexusTimelockAbi } from "../../../contracts/generated/nexus-timelock.ts";
import type { Network } from "../../_shared/chain/network";
import { nodeNexusAbi } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import { scanLogs } from "../../_shared/chain/scan-logs";
import { firstBlockOf } from "../../_shared/chain/use-history";
import { describeCall } from "./describe-call";

/** A decision that was made public and has not taken effect. */
export interface Decision {
  id: `0x${string}`;
  /** From when on anybody whom governance lets may carry it out. */
  readyAtMs: number;
  /** What it does, call by call. */
  calls: string[];
  upgrade: boolean;
}

const scheduled = [getAbiItem({ abi: nexusTimelockAbi, name: "CallScheduled" })] as const;
/** Some three weeks of a chain with a block each two seconds: the delay is ten days as deployed. */
const maxRequests = 100;

/** What governance has decided and must wait with; empty where no timelock owns the registry. */
export function useDecisions(network: Network, address: `0x${string}`) {
  return useQuery({
    queryKey: ["decisions", network.chainId, network.rpcUrl, address],
    refetchInterval: 10_000,
    queryFn: async (): Promise<Decision[]> => {
      const chain = publicClientOf(network.rpcUrl);
      const owner = await chain.readContract({ abi: nodeNexusAbi, address, functionName: "owner" });
      // A wallet governs where there is no code, as on a development chain.
      if ((await chain.getCode({ address: owner })) === undefined) return [];
      return readDecisions(chain, owner, network);
    },
  });
}

async function readDecisions(chain: PublicClient, timelock: `0x${string}`, network: Network): Promise<Decision[]> {
  const firstBlock = firstBlockOf(network.chainId);
  const { logs } = await scanLogs({ chain, address: timelock, events: scheduled, firstBlock, maxRequests });
  const ids = [...new Set(logs.map(({ args }) => args.id))];
  const contract = { abi: nexusTimelockAbi, address: timelock } as const;
  const decisions = await Promise.all(
    ids.map(async (id): Promise<Decision[]> => {
      const [pending, readyAt] = await Promise.all([
        chain.readContract({ ...contract, functionName: "isOperationPending", args: [id] }),
        chain.readContract({ ...contract, functionName: "getTimestamp", args: [id] }),
      ]);
      if (!pending) return [];
      const calls = logs
        .filter(({ args }) => args.id === id)
        .map(({ args }) => describeCall(args.target, args.data, network));
      const upgrade = calls.some((call) => call.includes("upgradeToAndCall"));
      return [{ id, readyAtMs: Number(readyAt) * 1_000, calls, upgrade }];
    }),
  );
  return decisions.flat().sort((a, b) => a.readyAtMs - b.readyAtMs);
}
