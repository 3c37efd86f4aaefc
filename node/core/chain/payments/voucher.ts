import {
  type Address,
  compactSignatureToSignature,
  encodePacked,
  type Hex,
  keccak256,
  type LocalAccount,
  parseSignature,
  recoverTypedDataAddress,
  serializeSignature,
  signatureToCompactSignature,
} from "viem";

/** The chain and the RelayPayments proxy that a voucher is made for. */
export interface VoucherDomain {
  readonly chainId: number;
  readonly relayPaymentsAddress: Address;
}

/** `IRelayPayments.Voucher`: what a channel has paid in all, signed by its session key. */
export interface Voucher {
  readonly payer: Address;
  /** Of the payer's channels to the node, counted from 1. */
  readonly number: number;
  readonly cumulativeWei: bigint;
  /** Short form of the signature (EIP-2098). */
  readonly r: Hex;
  readonly vs: Hex;
}

/** What RelayPayments calls a channel. */
export const channelId = (payer: Address, peerId: Hex, number: number): Hex =>
  keccak256(encodePacked(["address", "bytes20", "uint32"], [payer, peerId, number]));

const typedVoucher = ({ chainId, relayPaymentsAddress }: VoucherDomain, channel: Hex, cumulativeWei: bigint) =>
  ({
    domain: { name: "ShadowMesh RelayPayments", version: "1", chainId, verifyingContract: relayPaymentsAddress },
    types: {
      Voucher: [
        { name: "channel", type: "bytes32" },
        { name: "cumulativeWei", type: "uint256" },
      ],
    },
    primaryType: "Voucher",
    message: { channel, cumulativeWei },
  }) as const;

/** Signs with the channel's session key; the same figure gives the same voucher each time (RFC 6979). */
export async function signVoucher(
  session: Pick<LocalAccount, "signTypedData">,
  domain: VoucherDomain,
  channel: { peerId: Hex; payer: Address; number: number },
  cumulativeWei: bigint,
): Promise<Voucher> {
  const { peerId, payer, number } = channel;
  const signature = await session.signTypedData(typedVoucher(domain, channelId(payer, peerId, number), cumulativeWei));
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(signature));
  return { payer, number, cumulativeWei, r, vs: yParityAndS };
}

/** Who signed a voucher to a node; null where the signature is none. */
export async function voucherSigner(domain: VoucherDomain, peerId: Hex, voucher: Voucher): Promise<Address | null> {
  const { payer, number, cumulativeWei, r, vs } = voucher;
  try {
    const signature = serializeSignature(compactSignatureToSignature({ r, yParityAndS: vs }));
    const typed = typedVoucher(domain, channelId(payer, peerId, number), cumulativeWei);
    return await recoverTypedDataAddress({ ...typed, signature });
  } catch {
    return null;
  }
}
