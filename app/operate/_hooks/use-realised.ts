"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getAbiItem, type Hash, type PublicClient } from "viem";
import { relayPaymentsAbi } from "../../../contracts/generated/relay-payments.ts";
import { type Scan, scanLogs } from "../../../node/core/chain/scan-logs.ts";
import { readBlockTimes } from "../../_shared/chain/block-times";
import type { Network } from "../../_shared/chain/network";
import { encodeRegion, nodeNexusAbi, nodeTypeNumber } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import { firstBlockOf } from "../../_shared/chain/use-history";
import type { ComparedNode, Realised } from "./estimate";
import type { Offer } from "./use-offer";

const windowMs = 30 * 86_400_000;
/** 30 days of a chain with a block each two seconds; an endpoint that gives less is asked for no more. */
const maxRequests = 130;
/** Receipts that tell what gas cost; of further redemptions the mean of these is taken. */
const mostReceipts = 100;
const pageSize = 250n;

const registryEvents = [
  getAbiItem({ abi: nodeNexusAbi, name: "NodeRegistered" }),
  getAbiItem({ abi: nodeNexusAbi, name: "Rewarded" }),
] as const;
const paymentEvents = [getAbiItem({ abi: relayPaymentsAbi, name: "Redeemed" })] as const;

interface Scans {
  registry: Scan<typeof registryEvents>;
  payments: Scan<typeof paymentEvents>;
  toMs: number;
}

/** What nodes of this type, region and bandwidth were paid by vouchers in the last 30 days, as the chain has it. */
export function useRealised(network: Network, nexusAddress: `0x${string}`, offer: Offer) {
  const { chainId, rpcUrl, paymentsAddress } = network;
  const scans = useScans(network, nexusAddress);
  const { nodeType, region, bandwidthMbps } = offer;
  const last = scans.data?.payments.logs.at(-1)?.transactionHash;
  const realised = useQuery({
    queryKey: ["realised", chainId, rpcUrl, nexusAddress, paymentsAddress, nodeType, region, bandwidthMbps, last],
    enabled: scans.data !== undefined && region !== "" && bandwidthMbps > 0,
    refetchInterval: ({ state }) => (state.error ? 5_000 : false),
    queryFn: async (): Promise<Realised> => {
      if (!scans.data) throw new Error("asked before the events were read");
      const chain = publicClientOf(rpcUrl);
      const peerIds = await similarNodes(chain, nexusAddress, offer);
      return realisedBy(chain, peerIds, scans.data);
    },
  });
  return { data: realised.data, error: scans.error ?? realised.error };
}

/** Redemptions and registrations of the window; what was read before is not read again. */
function useScans({ chainId, rpcUrl, paymentsAddress }: Network, nexusAddress: `0x${string}`) {
  const queryClient = useQueryClient();
  const queryKey = ["redemptions", chainId, rpcUrl, nexusAddress, paymentsAddress];
  return useQuery({
    queryKey,
    enabled: paymentsAddress !== null,
    refetchInterval: ({ state }) => (state.error ? 5_000 : 60_000),
    structuralSharing: false,
    queryFn: async (): Promise<Scans> => {
      const chain = publicClientOf(rpcUrl);
      const before = queryClient.getQueryData<Scans>(queryKey);
      const head = await chain.getBlock();
      const toMs = Number(head.timestamp) * 1_000;
      const firstBlock =
        before?.registry.fromBlock ?? (await blockAt(chain, toMs - windowMs, firstBlockOf(chainId), head.number));
      const options = { chain, firstBlock, maxRequests };
      const [registry, payments] = await Promise.all([
        scanLogs({ ...options, address: nexusAddress, events: registryEvents, before: before?.registry }),
        scanLogs({
          ...options,
          address: paymentsAddress ?? nexusAddress,
          events: paymentEvents,
          before: before?.payments,
        }),
      ]);
      return { registry, payments, toMs };
    },
  });
}

/** The first block at or after a time, found by halves. */
async function blockAt(chain: PublicClient, atMs: number, first: bigint, head: bigint): Promise<bigint> {
  let [low, high] = [first, head];
  while (low < high) {
    const middle = (low + high) / 2n;
    const { timestamp } = await chain.getBlock({ blockNumber: middle });
    if (Number(timestamp) * 1_000 < atMs) low = middle + 1n;
    else high = middle;
  }
  return low;
}

/** Half to twice the bandwidth. */
async function similarNodes(chain: PublicClient, address: `0x${string}`, offer: Offer): Promise<string[]> {
  const nexus = { abi: nodeNexusAbi, address, functionName: "nodesPage" } as const;
  const [region, type] = [encodeRegion(offer.region), nodeTypeNumber(offer.nodeType)];
  const found: string[] = [];
  for (let offset = 0n; ; offset += pageSize) {
    const [page] = await chain.readContract({ ...nexus, args: [region, type, offset, pageSize] });
    const similar = page.filter(
      ({ bandwidthMbps }) => bandwidthMbps * 2 >= offer.bandwidthMbps && bandwidthMbps <= offer.bandwidthMbps * 2,
    );
    found.push(...similar.map(({ peerID }) => peerID.toLowerCase()));
    if (BigInt(page.length) < pageSize) return found;
  }
}

async function realisedBy(
  chain: PublicClient,
  peerIds: readonly string[],
  { registry, payments, toMs }: Scans,
): Promise<Realised> {
  const wanted = new Set(peerIds);
  // Governance may reward a node as well: a voucher's pay is what comes in the same transaction as its redemption.
  const redemptions = new Set(payments.logs.map(({ transactionHash }) => transactionHash));
  const paid = registry.logs.flatMap((log) => {
    if (log.eventName !== "Rewarded" || !redemptions.has(log.transactionHash)) return [];
    const { peerID, commission, toStake } = log.args;
    const peerId = peerID.toLowerCase();
    return wanted.has(peerId) ? [{ peerId, hash: log.transactionHash, wei: commission + toStake }] : [];
  });
  const registered = new Map<string, bigint>();
  for (const log of registry.logs) {
    if (log.eventName === "NodeRegistered" && wanted.has(log.args.peerID.toLowerCase()))
      registered.set(log.args.peerID.toLowerCase(), log.blockNumber);
  }
  const [gas, times] = await Promise.all([
    gasOf(chain, [...new Set(paid.map(({ hash }) => hash))]),
    timesOf(chain, registered),
  ]);
  const nodes = peerIds.map((peerId): ComparedNode => {
    const own = paid.filter((payment) => payment.peerId === peerId);
    const hashes = [...new Set(own.map(({ hash }) => hash))];
    return {
      registeredAtMs: times.get(peerId) ?? null,
      paidWei: own.reduce((total, { wei }) => total + wei, 0n),
      gasWei: hashes.reduce((total, hash) => total + gas(hash), 0n),
    };
  });
  const fromMs = Math.max(registry.sinceMs, payments.sinceMs, toMs - windowMs);
  return { nodes, fromMs, toMs };
}

/** What each redemption cost. */
async function gasOf(chain: PublicClient, hashes: readonly Hash[]): Promise<(hash: Hash) => bigint> {
  const receipts = await Promise.all(hashes.slice(-mostReceipts).map((hash) => chain.getTransactionReceipt({ hash })));
  const costs = new Map(
    receipts.map(({ transactionHash, gasUsed, effectiveGasPrice }) => [transactionHash, gasUsed * effectiveGasPrice]),
  );
  const all = [...costs.values()];
  const mean = all.length === 0 ? 0n : all.reduce((total, cost) => total + cost, 0n) / BigInt(all.length);
  return (hash) => costs.get(hash) ?? mean;
}

async function timesOf(chain: PublicClient, blocks: ReadonlyMap<string, bigint>): Promise<Map<string, number>> {
  const times = await readBlockTimes(chain, blocks.values());
  return new Map([...blocks].flatMap(([peerId, number]) => [[peerId, times.get(number) ?? 0]]));
}
