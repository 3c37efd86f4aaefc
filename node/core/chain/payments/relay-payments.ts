import { type Address, type Hex, isAddressEqual, type PublicClient, zeroAddress } from "viem";
import { relayPaymentsAbi } from "../../../../contracts/generated/relay-payments.ts";
import { channelId, type Voucher } from "./voucher.ts";

/** A payer's open channel to a node. */
export interface Channel {
  readonly id: Hex;
  readonly payer: Address;
  readonly number: number;
  /** Signs its vouchers. */
  readonly sessionKey: Address;
  readonly depositedWei: bigint;
  readonly redeemedWei: bigint;
  /** From when on the payer may close it, by the chain's clock; null where no exit is announced. */
  readonly closableAtMs: number | null;
}

/** The reads of RelayPayments that the daemon needs. */
export interface RelayPayments {
  readonly address: Address;
  pricePerGiBWei(): Promise<bigint>;
  /** The payer's open channel to a node; null where it has none. */
  channelOf(payer: Address, peerId: Hex): Promise<Channel | null>;
  /** What an account would pay for handing in these vouchers now. */
  redemptionFeeWei(account: Address, peerId: Hex, vouchers: readonly Voucher[]): Promise<bigint>;
}

/** A payer's channels to a node are counted on chain, one transaction each: nobody comes near. */
const maxNumber = 100_000;

export function createRelayPayments(client: PublicClient, address: Address): RelayPayments {
  const contract = { address, abi: relayPaymentsAbi } as const;
  return {
    address,
    pricePerGiBWei: () => client.readContract({ ...contract, functionName: "pricePerGiB" }),
    async channelOf(payer, peerId) {
      const args = [payer, peerId] as const;
      const found = await client.readContract({ ...contract, functionName: "channelOf", args });
      // A closed channel has no deposit; one that never was has no session key either.
      if (found.deposited === 0n || isAddressEqual(found.sessionKey, zeroAddress)) return null;
      return {
        id: found.id,
        payer,
        number: numberOf(found.id, payer, peerId),
        sessionKey: found.sessionKey,
        depositedWei: found.deposited,
        redeemedWei: found.redeemed,
        closableAtMs: found.closableAt === 0n ? null : Number(found.closableAt) * 1000,
      };
    },
    async redemptionFeeWei(account, peerId, vouchers) {
      const args = [peerId, vouchers] as const;
      const [gas, gasPrice] = await Promise.all([
        client.estimateContractGas({ ...contract, functionName: "redeemMany", args, account }),
        client.getGasPrice(),
      ]);
      return gas * gasPrice;
    },
  };
}

/** The view gives a channel's ID, which is the hash of its number. */
function numberOf(id: Hex, payer: Address, peerId: Hex): number {
  for (let number = 1; number <= maxNumber; number++) if (channelId(payer, peerId, number) === id) return number;
  throw new Error(`no channel of ${payer} to ${peerId} has the ID ${id}`);
}
