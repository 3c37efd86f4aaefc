import { type Hex, recoverTypedDataAddress } from "viem";
import type { Signer } from "../../core/evidence/probe.ts";
import { computePeerId } from "../../core/identity/index.ts";
import { type StatementDomain, statementDomain } from "../../core/records/statement.ts";

/** What a backbone signs of the log: so many events, and this root. */
export interface TreeHead {
  readonly peerId: Hex;
  readonly size: number;
  /** SHA-256, 32 bytes. */
  readonly root: Hex;
  readonly atMs: number;
}

export interface SignedHead extends TreeHead {
  readonly mlDsaKeyHash: Hex;
  /** 65 bytes, by the node key. */
  readonly signature: Hex;
}

/**
 * EIP-712 data of a tree head. It is no `Statement`: a database that was restored from a backup makes a backbone sign two
 * roots of one size, and for that nobody's stake is to be slashed.
 */
function headData({ peerId, size, root, atMs }: TreeHead, domain: StatementDomain) {
  return {
    domain: statementDomain(domain),
    types: {
      AuditHead: [
        { name: "peerID", type: "bytes20" },
        { name: "size", type: "uint64" },
        { name: "root", type: "bytes32" },
        { name: "atMs", type: "uint64" },
      ],
    },
    primaryType: "AuditHead",
    message: { peerID: peerId, size: BigInt(size), root, atMs: BigInt(atMs) },
  } as const;
}

export async function signHead(
  signer: Signer,
  of: Omit<TreeHead, "peerId">,
  domain: StatementDomain,
): Promise<SignedHead> {
  const head = { ...of, peerId: signer.peerId };
  const signature = await signer.nodeAccount.signTypedData(headData(head, domain));
  return { ...head, mlDsaKeyHash: signer.mlDsaKeyHash, signature };
}

/** Whether the peer that a head names has signed it. */
export async function isSigned(head: SignedHead, domain: StatementDomain): Promise<boolean> {
  try {
    const address = await recoverTypedDataAddress({ ...headData(head, domain), signature: head.signature });
    return computePeerId(address, head.mlDsaKeyHash) === head.peerId;
  } catch {
    return false;
  }
}
