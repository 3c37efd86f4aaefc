import { type Address, type Hex, parseEther } from "viem";
import {
  type Chain,
  channelId,
  createChain,
  createPaymentTransactions,
  registerNode,
  requirePayments,
  signVoucher,
  voucherDomain,
} from "../../../../node/core/chain/index.ts";
import type { Identity } from "../../../../node/core/identity/index.ts";
import { account, startTestChain, type TestChain } from "../../../harness/anvil.ts";
import { identityOf } from "../../../harness/identities.ts";
import { silent } from "../../api/fixture.ts";

export const SHM = parseEther("1");
export const mebibyte = 2 ** 20;
/** At a price of 1 SHM per GiB. */
export const worthOfMiB = SHM / 1024n;

/** Accounts of the chain: who runs the relays, and who pays. */
export const operator = account(1);
export const payerAccount = account(2);

/** Real contracts on a real chain, for the tests of a `describe`; each relay is one of its own, and so are its channels. */
export function startMarket() {
  const anvil = startTestChain();
  let chain: Chain | undefined;
  let relays = 100;

  before(async function () {
    this.timeout(60_000);
    const { nodeNexus, relayPayments } = await anvil().deployAll({
      parameters: { relayPricePerGiBWei: SHM },
    });
    const config = { rpcUrl: anvil().rpcUrl, chainId: 31337, pollIntervalMs: 100 };
    const addresses = { nexusAddress: nodeNexus, relayPaymentsAddress: relayPayments };
    chain = createChain({ ...config, ...addresses }, { log: silent });
    await chain.start(AbortSignal.timeout(20_000));
  });
  after(() => chain?.stop());

  return (): Market => {
    if (chain === undefined) throw new Error("the market is open during the tests of its `describe`");
    return createMarket(anvil(), chain, () => identityOf(++relays));
  };
}

function createMarket(anvil: TestChain, chain: Chain, nextRelay: () => Identity) {
  const payments = requirePayments(chain);
  return {
    anvil,
    chain,
    payments,
    domain: voucherDomain(chain),
    /** A public node that the contract lists: the next, or a given one. */
    async registerRelay(identity = nextRelay()): Promise<Identity> {
      await registerNode(chain, identity, operator, { nodeType: "light_public", region: "europe", bandwidthMbps: 100 });
      return identity;
    },
    open: (relay: Hex, sessionKey: Address, deposit: bigint, payer = payerAccount) =>
      createPaymentTransactions(chain, payer).open(relay, sessionKey, deposit),
    transactions: createPaymentTransactions(chain, payerAccount),
    channelOf: (relay: Hex, payer = payerAccount.address) => payments.channelOf(payer, relay),
    voucher: (client: Identity, relay: Hex, cumulativeWei: bigint, { payer = payerAccount.address, number = 1 } = {}) =>
      signVoucher(client.sessionAccount, voucherDomain(chain), { peerId: relay, payer, number }, cumulativeWei),
    channelId: (relay: Hex, number = 1) => channelId(payerAccount.address, relay, number),
  };
}

export type Market = ReturnType<typeof createMarket>;
