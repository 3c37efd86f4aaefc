import { formatEther, type Hex } from "viem";
import type { Chain } from "../../../core/chain/index.ts";
import type { Watch } from "../cause.ts";

/** An open channel, as RelayPayments and its vouchers have it. */
export interface Funds {
  readonly side: "ours" | "client";
  readonly peerId: Hex;
  readonly number: number;
  readonly depositedWei: bigint;
  readonly promisedWei: bigint;
}

export interface ChannelsDeps {
  chain: Pick<Chain, "state" | "payments">;
  funds(): Promise<readonly Funds[]>;
}

/** A channel's rest in hundredths of a percent of its deposit. */
const restBps = ({ depositedWei, promisedWei }: Funds) =>
  depositedWei === 0n ? 0 : Number(((depositedWei - promisedWei) * 10_000n) / depositedWei);

/** Which channels are nearly used up: those that we pay from, and those that pay us. */
export function createChannelWatch(
  { channelRestPercent }: { channelRestPercent: number },
  { chain, funds }: ChannelsDeps,
): Watch {
  return async () => {
    if (chain.payments === null) return [];
    if (chain.state !== "connected") return null;
    const low = (await funds()).filter((one) => restBps(one) <= channelRestPercent * 100);
    return low.map((one) => ({
      key: `${one.side}:${one.peerId}:${one.number}`,
      text: one.side === "ours" ? "ownChannelLow" : "clientChannelLow",
      values: {
        peer: one.peerId,
        percent: Math.max(0, restBps(one) / 100),
        amount: formatEther(one.promisedWei > one.depositedWei ? 0n : one.depositedWei - one.promisedWei),
      },
      link: "/earnings/",
    }));
  };
}
