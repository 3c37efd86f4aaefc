"use client";

import { useQuery } from "@tanstack/react-query";
import type { PublicClient } from "viem";
import { BaseError, ContractFunctionRevertedError } from "viem";
import type { Network } from "../../_shared/chain/network.ts";
import { nodeNexusAbi } from "../../_shared/chain/nexus.ts";
import { publicClientOf } from "../../_shared/chain/public-client.ts";

/** What unbonds of one account in one pool, under the number that the contract takes. */
export interface Unbonding {
  pool: number;
  index: number;
  wei: bigint;
  availableAtMs: number;
}

/** One account's stake on one node. */
export interface Position {
  pool: number;
  peerId: `0x${string}`;
  shares: bigint;
  /** What the shares are worth, in wei. */
  stake: bigint;
  unbondings: Unbonding[];
  /** Whether the account runs the node. */
  operates: boolean;
  /** Commission that the account would be paid by a claim. */
  claimableWei: bigint;
  /** Nothing can be withdrawn before; 0 if nobody reported the node. */
  frozenUntilMs: number;
  /** A higher commission that was announced, and when it may begin. */
  nextCommission: { bps: number; atMs: number } | null;
  /** The whole pool. */
  poolStake: bigint;
  poolShares: bigint;
}

const beyondAtOnce = 64;

/**
 * The stake of an account on any node there ever was. Pools are numbered without gaps, so asking each is as sure as an
 * index, and takes one request for a thousand of them.
 *
 * @param highest - The highest number that is known; later ones, of nodes that have left, are found from there.
 */
export function usePositions(
  network: Network,
  address: `0x${string}`,
  account: `0x${string}` | undefined,
  highest: number | undefined,
) {
  return useQuery({
    queryKey: ["positions", network.chainId, network.rpcUrl, address, account],
    enabled: account !== undefined && highest !== undefined,
    refetchInterval: (highest ?? 0) > 1_000 ? 60_000 : 3_000,
    queryFn: async () => {
      const chain = publicClientOf(network.rpcUrl);
      const last = await lastPool(chain, address, highest ?? 0);
      const numbers = Array.from({ length: last }, (_, index) => index + 1);
      return readPositions(chain, address, account ?? "0x", numbers);
    },
  });
}

async function lastPool(chain: PublicClient, address: `0x${string}`, known: number): Promise<number> {
  for (let last = known; ; last += beyondAtOnce) {
    const numbers = Array.from({ length: beyondAtOnce }, (_, index) => last + index + 1);
    const there = await Promise.all(numbers.map((number) => isPool(chain, address, number)));
    const gap = there.indexOf(false);
    if (gap >= 0) return last + gap;
  }
}

async function isPool(chain: PublicClient, address: `0x${string}`, number: number): Promise<boolean> {
  const call = { abi: nodeNexusAbi, address, functionName: "poolAt", args: [number] } as const;
  return chain.readContract(call).then(
    () => true,
    (error: unknown) => {
      const reverted =
        error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError);
      if (reverted) return false;
      throw error;
    },
  );
}

async function readPositions(
  chain: PublicClient,
  address: `0x${string}`,
  account: `0x${string}`,
  numbers: readonly number[],
): Promise<Position[]> {
  const nexus = { abi: nodeNexusAbi, address } as const;
  const mine = account.toLowerCase();
  const all = await Promise.all(
    numbers.map(async (number): Promise<Position | null> => {
      const [staker, pool] = await Promise.all([
        chain.readContract({ ...nexus, functionName: "stakerOf", args: [number, account] }),
        chain.readContract({ ...nexus, functionName: "poolAt", args: [number] }),
      ]);
      const claimableWei = pool.beneficiary.toLowerCase() === mine ? pool.earnings : 0n;
      if (staker.shares === 0n && staker.unbondings.length === 0 && claimableWei === 0n) return null;
      return {
        pool: number,
        peerId: pool.peerID,
        shares: staker.shares,
        stake: staker.stake,
        unbondings: staker.unbondings.map(({ amount, availableAt }, index) => ({
          pool: number,
          index,
          wei: amount,
          availableAtMs: Number(availableAt) * 1_000,
        })),
        operates: pool.operator.toLowerCase() === mine,
        claimableWei,
        frozenUntilMs: Number(pool.frozenUntil) * 1_000,
        nextCommission:
          pool.nextCommissionAt === 0n
            ? null
            : { bps: pool.nextCommissionBps, atMs: Number(pool.nextCommissionAt) * 1_000 },
        poolStake: pool.stake,
        poolShares: pool.shares,
      };
    }),
  );
  return all.filter((position) => position !== null);
}
