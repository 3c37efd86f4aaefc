import type { Account, Address, Hash, Hex } from "viem";
import { auditAnchorsAbi } from "../../../contracts/generated/audit-anchors.ts";
import type { Chain } from "./chain.ts";
import { transact } from "./transact.ts";

/** A head that the chain has. */
export interface AnchoredHead {
  readonly size: number;
  /** SHA-256, 32 bytes. */
  readonly root: Hex;
  /** By the chain's clock. */
  readonly anchoredAtMs: number;
}

/** The contract that keeps the heads of the backbones' audit logs. */
export interface AuditAnchors {
  /** Null before a backbone's first. @throws CHAIN_UNREACHABLE */
  headOf(peerId: Hex): Promise<AnchoredHead | null>;
  /** @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS */
  anchor(account: Account, mlDsaKeyHash: Hex, head: { size: number; root: Hex }): Promise<Hash>;
}

export function createAuditAnchors(chain: Chain, address: Address): AuditAnchors {
  const contract = { address, abi: auditAnchorsAbi } as const;
  return {
    async headOf(peerId) {
      chain.requireConnected();
      const head = await chain.client.readContract({ ...contract, functionName: "headOf", args: [peerId] });
      if (head.anchoredAt === 0n) return null;
      return { size: Number(head.size), root: head.root, anchoredAtMs: Number(head.anchoredAt) * 1_000 };
    },
    anchor: (account, mlDsaKeyHash, { size, root }) =>
      transact(chain, account, () =>
        chain.client.simulateContract({
          ...contract,
          functionName: "anchor",
          args: [mlDsaKeyHash, BigInt(size), root],
          account,
        }),
      ),
  };
}
