import { type Chain, createAuditAnchors } from "../../core/chain/index.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { AnchorChain } from "./anchor.ts";

/** The chain as this backbone's log needs it; null where no contract takes heads. */
export function createAnchorChain(chain: Chain, identity: Identity): AnchorChain | null {
  if (chain.auditAnchorsAddress === null) return null;
  const anchors = createAuditAnchors(chain, chain.auditAnchorsAddress);
  return {
    last: () => anchors.headOf(identity.peerId),
    anchor: (head) => anchors.anchor(identity.nodeAccount, identity.mlDsaKeyHash, head),
  };
}
