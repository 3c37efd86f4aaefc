import { join } from "node:path";
import type { Logger } from "pino";
import type { Address } from "viem";
import { type Chain, createPaymentTransactions, requirePayments, voucherDomain } from "../../core/chain/index.ts";
import type { Identity } from "../../core/identity/index.ts";
import type { Overlay } from "../../core/overlay/index.ts";
import type { Registration } from "../../core/schema.ts";
import type { Service } from "../../core/service.ts";
import { timeoutSignal } from "../../core/timeout-signal.ts";
import { createAccounts, type PaymentAccounts } from "./accounts.ts";
import { createChannels } from "./channels.ts";
import { type Collector, createCollector } from "./collector.ts";
import type { PaymentsConfig } from "./config.ts";
import { createLedger } from "./ledger.ts";
import { createPayer } from "./payer.ts";
import { createPrice } from "./price.ts";
import { answerBill, billTimeoutMs, maxInboundBills, paymentProtocol, presentBill } from "./protocol.ts";
import { createRedeemer } from "./redeemer.ts";
import { createTill } from "./till.ts";

const tickMs = 1_000;
/** While anything passes; it changes by governance alone. */
const priceAgeMs = 10_000;
const idlePriceAgeMs = 5 * 60_000;

export interface PaymentsDeps {
  identity: Pick<Identity, "peerId" | "sessionAccount" | "nodeAccount">;
  overlay: Pick<Overlay, "handle" | "unhandle" | "connectionTo" | "parked" | "traffic" | "splices" | "hurry">;
  chain: Chain;
  registration(): Registration | null;
  /** Data folder. */
  folder: string;
  now: () => number;
  log: Logger;
}

/** Both sides of paid relaying. */
export interface Payments extends Service {
  /** What others have relayed by us is charged by, and whether one may have more relayed. */
  readonly charging: Pick<Collector, "meter" | "settle" | "vouches">;
  /** Relays, by either of their IDs, that are taken only where there are no others. */
  avoids(id: string): boolean;
  readonly accounts: PaymentAccounts;
}

export function createPayments(config: PaymentsConfig, deps: PaymentsDeps): Payments {
  const { identity, overlay, chain, now, log } = deps;
  const stopping = new AbortController();
  const ledger = createLedger(join(deps.folder, "payments.sqlite"), now);
  const contract = () => requirePayments(chain);
  const domain = () => voucherDomain(chain);
  const price = createPrice(async () => contract().pricePerGiBWei(), now);
  const channelOf = createChannels(async (payer, peerId) => contract().channelOf(payer, peerId), now);

  const redeemer = createRedeemer(config, {
    ledger,
    channelOf: async (payer) => contract().channelOf(payer, identity.peerId),
    balanceWei: () => chain.client.getBalance({ address: identity.nodeAccount.address }),
    feeWei: async (vouchers) => contract().redemptionFeeWei(identity.nodeAccount.address, identity.peerId, vouchers),
    redeem: async (vouchers) =>
      createPaymentTransactions(chain, identity.nodeAccount).redeem(identity.peerId, vouchers),
    now,
    log,
  });
  const till = createTill({
    self: identity.peerId,
    domain,
    channelOf: (payer, options) => channelOf(payer, identity.peerId, options),
    ledger,
    onExit: redeemer.hurry,
    now,
    log,
  });
  const collector = createCollector(config, {
    ledger,
    till,
    pricePerGiBWei: () => price.current,
    mayHold: () => chain.state === "connected",
    async present(client, bill) {
      const signal = AbortSignal.any([stopping.signal, timeoutSignal(billTimeoutMs)]);
      await overlay.parked.wake(client, signal);
      const connection = overlay.connectionTo(client);
      // Not through another relay, which would be paid for it.
      if (connection?.path !== "direct") return null;
      return presentBill(await connection.open(paymentProtocol, signal), bill, signal);
    },
    end: overlay.splices.close,
    now,
    log,
  });
  const account = (): Address | null => config.payer ?? deps.registration()?.operator ?? null;
  const { maxPricePerGiB } = config;
  const payer = createPayer(
    { maxPricePerGiBWei: maxPricePerGiB === null ? null : BigInt(Math.round(maxPricePerGiB * 1e9)) * 10n ** 9n },
    {
      session: identity.sessionAccount,
      traffic: overlay.traffic,
      ledger,
      domain,
      account,
      channelOf,
      price,
      onAvoided: overlay.hurry,
      now,
      log,
    },
  );

  const tick = () => {
    const active = collector.active || overlay.traffic.relays().length > 0;
    const payable = chain.payments !== null && chain.state === "connected";
    if (payable) void price.refreshAfter(active ? priceAgeMs : idlePriceAgeMs);
    payer.tick();
    collector.tick();
    if (payable) redeemer.tick();
  };
  let timer: NodeJS.Timeout | undefined;

  return {
    charging: collector,
    avoids: payer.avoids,
    accounts: createAccounts(config, {
      identity,
      account,
      chain,
      channelOf,
      price,
      ledger,
      collector,
      payer,
      redeemer,
      now,
    }),
    async start(signal) {
      signal.throwIfAborted();
      await overlay.handle(
        paymentProtocol,
        (stream, { peerId, libp2p }, stopped) => {
          const limit = AbortSignal.any([stopped, timeoutSignal(billTimeoutMs)]);
          const relay = { peerId, libp2pId: libp2p.remotePeer.toString() };
          return answerBill(stream, (bill) => payer.answer(relay, bill), limit);
        },
        { maxInboundStreams: maxInboundBills },
      );
      timer = setInterval(tick, tickMs);
      tick();
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await overlay.unhandle(paymentProtocol);
      payer.tick();
      collector.save();
      // What still waits for a peer or the chain finds it closed; it is asked for again after the next start.
      ledger.close();
    },
  };
}
