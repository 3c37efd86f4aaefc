import { createHash } from "node:crypto";
import { parseEther } from "viem";
import { createPaymentTransactions, registerNode, signVoucher, voucherDomain } from "../../node/core/chain/index.ts";
import { createIdentity } from "../../node/core/identity/index.ts";
import type { Network } from "../../scripts/network/index.ts";
import { withChain } from "../harness/charging.ts";

/** Accounts of the chain that nobody else uses: of the relays' operator, and of who pays them. */
const [operator, payer] = [7, 8];

/** Public nodes of Europe with 100 Mbit/s that run nowhere: the contract knows them, and what each was paid, in SHM. */
export async function registerPaidRelays(network: Network, paidShm: readonly number[]): Promise<void> {
  await withChain(network, async (chain) => {
    const transactions = createPaymentTransactions(chain, network.chain.account(payer));
    for (const [index, paid] of paidShm.entries()) {
      const identity = createIdentity(createHash("sha256").update(`paid relay ${index}`).digest());
      const offer = { nodeType: "light_public", region: "europe", bandwidthMbps: 100 } as const;
      await registerNode(chain, identity, network.chain.account(operator), offer);
      if (paid === 0) continue;
      const { peerId, sessionAccount } = identity;
      const wei = parseEther(String(paid));
      await transactions.open(peerId, sessionAccount.address, wei);
      const channel = { peerId, payer: network.chain.account(payer).address, number: 1 };
      await transactions.redeem(peerId, [await signVoucher(sessionAccount, voucherDomain(chain), channel, wei)]);
    }
  });
}
