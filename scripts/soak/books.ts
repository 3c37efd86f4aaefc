import { paymentsRoutes } from "../../node/services/payments/api.ts";
import type { Network } from "../network/index.ts";
import { membersOf } from "./mesh.ts";

/** What relaying cost and earned, over all nodes that run. */
export interface Books {
  readonly relayedMB: number;
  readonly chargedSHM: number;
  readonly vouchedSHM: number;
  /** Bills over what their client had counted itself. */
  readonly lies: number;
}

export async function readBooks(network: Network): Promise<Books> {
  const books = { relayedMB: 0, chargedSHM: 0, vouchedSHM: 0, lies: 0 };
  for (const { name } of membersOf(network, "light_public", "light_private").filter((one) =>
    network.isRunning(one.name),
  )) {
    const { client } = network.node(name);
    const { total } = await client.call(paymentsRoutes.earnings, {});
    const { relays } = await client.call(paymentsRoutes.channels, {});
    books.relayedMB += total.relayedBytes / 1e6;
    books.chargedSHM += Number(total.chargedWei) / 1e18;
    books.vouchedSHM += Number(total.vouchedWei) / 1e18;
    books.lies += relays.reduce((sum, { lies }) => sum + lies, 0);
  }
  return books;
}
