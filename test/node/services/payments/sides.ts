import { join } from "node:path";
import type { Identity } from "../../../../node/core/identity/index.ts";
import { createRelayedTraffic } from "../../../../node/core/overlay/index.ts";
import { createCollector } from "../../../../node/services/payments/collector.ts";
import { createLedger } from "../../../../node/services/payments/ledger.ts";
import { createPayer } from "../../../../node/services/payments/payer.ts";
import { createPrice } from "../../../../node/services/payments/price.ts";
import type { Answer, Bill } from "../../../../node/services/payments/protocol.ts";
import { createTill } from "../../../../node/services/payments/till.ts";
import { createClock, silent } from "../../api/fixture.ts";
import { type Market, payerAccount } from "./market.ts";

export interface SidesOptions {
  folder: string;
  client: Identity;
  freeBytesPerDay?: number;
  maxPricePerGiBWei?: bigint;
  /** Where the relay's ledger lies. @default beside the client's */
  relayFolder?: string;
}

/** A relay and a client of it with real ledgers and the real contracts; only the line between them is a call. */
export async function createSides(market: Market, relay: Identity, options: SidesOptions) {
  const { folder, client, relayFolder = folder } = options;
  const clock = createClock();
  const { now } = clock;
  const price = createPrice(market.payments.pricePerGiBWei, now);
  await price.refresh();
  const line = { connected: true, bills: [] as Bill[], answers: [] as Answer[] };
  const state = { chainAway: false, ended: 0, avoided: 0 };

  const openClient = (clientFolder = folder) => {
    const traffic = createRelayedTraffic();
    const ledger = createLedger(join(clientFolder, "client.sqlite"), now);
    const payer = createPayer(
      { maxPricePerGiBWei: options.maxPricePerGiBWei ?? null },
      {
        session: client.sessionAccount,
        traffic,
        ledger,
        domain: () => market.domain,
        account: () => payerAccount.address,
        channelOf: market.payments.channelOf,
        price,
        onAvoided: () => state.avoided++,
        now,
        log: silent,
      },
    );
    return { traffic, ledger, payer };
  };
  const openRelay = (path = join(relayFolder, "relay.sqlite")) => {
    const ledger = createLedger(path, now);
    const till = createTill({
      self: relay.peerId,
      domain: () => market.domain,
      channelOf: (payer) => market.payments.channelOf(payer, relay.peerId),
      ledger,
      onExit: () => undefined,
      now,
      log: silent,
    });
    const collector = createCollector(
      { freeBytesPerDay: options.freeBytesPerDay ?? 0 },
      {
        ledger,
        till,
        pricePerGiBWei: () => price.current,
        mayHold: () => !state.chainAway,
        async present(_, bill) {
          if (!line.connected) return null;
          line.bills.push(bill);
          const answer = await sides.client.payer.answer({ peerId: relay.peerId, libp2pId: "libp2p-relay" }, bill);
          line.answers.push(answer);
          return answer;
        },
        end: () => state.ended++,
        now,
        log: silent,
      },
    );
    return { ledger, till, collector };
  };

  const sides = {
    clock,
    line,
    state,
    price,
    client: openClient(),
    relay: openRelay(),
    /** The client's process ends without a word, and another begins; in another folder, without its ledger. */
    restartClient: (clientFolder?: string) => Object.assign(sides, { client: openClient(clientFolder) }),
    restartRelay: (path?: string) => Object.assign(sides, { relay: openRelay(path) }),
    /** Lets bytes pass, in chunks; gives what holds the last of them back. The relay counts `times` as many. */
    pass(bytes: number, times = 1): Promise<void> | undefined {
      const chunk = 2 ** 16;
      let held: Promise<void> | undefined;
      for (let left = bytes; left > 0; left -= chunk) {
        sides.client.traffic.add(relay.peerId, Math.min(chunk, left));
        held = sides.relay.collector.meter(client.peerId, Math.min(chunk, left) * times);
        held?.catch(() => undefined);
      }
      return held;
    },
    entry: () => sides.relay.ledger.client(client.peerId),
    /** What a second brings, so many times. */
    ticks(count = 1) {
      for (let index = 0; index < count; index++) {
        clock.advance(1_000);
        sides.client.payer.tick();
        sides.relay.collector.tick();
      }
    },
  };
  return sides;
}
