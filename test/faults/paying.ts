import { type Hex, parseEther } from "viem";
import { createPaymentTransactions, type Voucher } from "../../node/core/chain/index.ts";
import { readIdentityFile } from "../../node/core/identity/index.ts";
import { paymentsRoutes } from "../../node/services/payments/api.ts";
import { throughputRoutes } from "../../node/services/throughput/api.ts";
import type { Network, RunningNode } from "../../scripts/network/index.ts";
import { withChain } from "../harness/charging.ts";
import { until } from "../harness/until.ts";
import { mendMs, ofType } from "./fixture.ts";

/** A few of them: a relay asks for a voucher past 16 MiB. */
const transferBytes = 6 * 2 ** 20;
const deposit = parseEther("10");

export function operatorOf(network: Network, name: string) {
  const operator = network.members.find((member) => member.name === name)?.operator;
  if (operator === undefined) throw new Error(`${name} is no member`);
  return network.chain.account(operator);
}

/** Opens a channel from a node to each relay, where there is none yet. */
export async function openChannels(network: Network, name: string): Promise<void> {
  const node = network.node(name);
  const { sessionAccount } = (await readIdentityFile(node.folder)).identity;
  await withChain(network, async (chain) => {
    const payer = operatorOf(network, name);
    const transactions = createPaymentTransactions(chain, payer);
    for (const relay of ofType(network, "light_public").map((relayName) => network.node(relayName).peerId)) {
      if ((await chain.payments?.channelOf(payer.address, relay)) !== null) continue;
      await transactions.open(relay, sessionAccount.address, deposit);
      await node.client.call(paymentsRoutes.noteChannel, { relay });
    }
  });
}

/** Sends from one private node to another until the relays between them were paid; gives what they have in vouchers. */
export async function payRelays(network: Network, from: string, to: string): Promise<bigint> {
  const { client, peerId } = network.node(from);
  const paid = async () => {
    await client.call(throughputRoutes.throughput, { peerId: network.node(to).peerId, bytes: transferBytes });
    const held = ofType(network, "light_public").map((relay) => vouchedWei(network.node(relay), peerId));
    return (await Promise.all(held)).reduce((sum, wei) => sum + wei, 0n);
  };
  return until(paid, (wei) => wei > 0n, mendMs);
}

/** What a relay has in a client's vouchers. */
export async function vouchedWei(relay: RunningNode, client: Hex): Promise<bigint> {
  const { clients } = await relay.client.call(paymentsRoutes.earnings, {});
  return BigInt(clients.find((entry) => entry.client === client)?.vouchedWei ?? 0);
}

/** A client's vouchers that a relay holds, as RelayPayments takes them. */
export async function vouchersOf(relay: RunningNode, client: Hex): Promise<Voucher[]> {
  const { clients } = await relay.client.call(paymentsRoutes.earnings, {});
  const earned = clients.find((entry) => entry.client === client);
  if (earned === undefined || earned.vouchedWei === earned.redeemedWei) return [];
  const { vouchers } = await relay.client.call(paymentsRoutes.vouchers, { client });
  return vouchers.map(({ payer, number, cumulativeWei, r, vs }) => ({
    payer,
    number,
    cumulativeWei: BigInt(cumulativeWei),
    r,
    vs,
  }));
}
