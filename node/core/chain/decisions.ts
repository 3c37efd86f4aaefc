import { type Address, getAbiItem, type Hex, type PublicClient } from "viem";
import { nexusTimelockAbi } from "../../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { type Scan, scanLogs } from "./scan-logs.ts";

/** What governance has made public and not carried out yet. */
export interface PendingDecision {
  readonly id: Hex;
  /** From when on anybody whom governance lets may carry it out. */
  readonly readyAtMs: number;
  readonly calls: readonly { readonly target: Address; readonly data: Hex }[];
}

const scheduled = [getAbiItem({ abi: nexusTimelockAbi, name: "CallScheduled" })] as const;
/** Some three weeks of a chain with a block each two seconds: the delay is ten days as deployed. */
const maxRequests = 100;

export type DecisionScan = Scan<typeof scheduled>;

interface DecisionsOptions {
  nexusAddress: Address;
  /** Of the deployment. */
  firstBlock: bigint;
  /** What was read before is not read again. */
  before?: DecisionScan;
}

/** Decisions that wait, the next one first, and how far the chain was read; none where no timelock owns the registry. */
export async function readDecisions(
  chain: PublicClient,
  { nexusAddress, firstBlock, before }: DecisionsOptions,
): Promise<{ decisions: PendingDecision[]; scan?: DecisionScan }> {
  const owner = await chain.readContract({ abi: nodeNexusAbi, address: nexusAddress, functionName: "owner" });
  // A wallet governs where there is no code, as on a development chain.
  if ((await chain.getCode({ address: owner })) === undefined) return { decisions: [] };
  const contract = { abi: nexusTimelockAbi, address: owner } as const;
  const scan = await scanLogs({ chain, address: owner, events: scheduled, firstBlock, maxRequests, before });
  const byId = Map.groupBy(scan.logs, ({ args }) => args.id);
  const decisions = await Promise.all(
    [...byId].map(async ([id, logs]): Promise<PendingDecision[]> => {
      const [pending, readyAtS] = await Promise.all([
        chain.readContract({ ...contract, functionName: "isOperationPending", args: [id] }),
        chain.readContract({ ...contract, functionName: "getTimestamp", args: [id] }),
      ]);
      if (!pending) return [];
      const calls = logs.map(({ args }) => ({ target: args.target, data: args.data }));
      return [{ id, readyAtMs: Number(readyAtS) * 1_000, calls }];
    }),
  );
  return { decisions: decisions.flat().sort((a, b) => a.readyAtMs - b.readyAtMs), scan };
}
