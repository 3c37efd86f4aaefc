import type { Address, Hex } from "viem";
import type { Identity } from "../identity/index.ts";
import { type StatementDomain, statementDomain } from "../records/statement.ts";

/** The node key's EIP-712 consent that this operator may register this node; NodeNexus recovers the key from it. */
export function signRegistration(identity: Identity, operator: Address, domain: StatementDomain): Promise<Hex> {
  return identity.nodeAccount.signTypedData({
    domain: statementDomain(domain),
    types: {
      Registration: [
        { name: "operator", type: "address" },
        { name: "peerID", type: "bytes20" },
      ],
    },
    primaryType: "Registration",
    message: { operator, peerID: identity.peerId },
  });
}
