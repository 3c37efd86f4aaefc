import { expect } from "chai";
import { paymentsRoutes } from "../../node/services/payments/api.ts";
import { graceBytes, toleratedBytes, worthWei } from "../../node/services/payments/terms.ts";
import { throughputRoutes } from "../../node/services/throughput/api.ts";
import type { DaemonLaunch, Network } from "../../scripts/network/index.ts";
import { charging } from "../harness/charging.ts";
import { until } from "../harness/until.ts";
import { expectReached, faultMesh, mendMs, ofType, startAll, untilRelayed, untilWell } from "./fixture.ts";
import { openChannels, payRelays, vouchedWei } from "./paying.ts";

const transferBytes = 6 * 2 ** 20;
const lying: DaemonLaunch = {
  ...charging,
  nodeArgs: ["--import", new URL("lying-bills.mjs", import.meta.url).href],
};

describe("faults: payments", function () {
  this.timeout(5 * mendMs);
  const mesh = faultMesh();
  async function restartRelays(relays: readonly string[], launch?: DaemonLaunch): Promise<void> {
    const network = mesh();
    await Promise.all(relays.map((relay) => network.stopNode(relay)));
    await startAll(network, relays, launch);
    const all = network.members.map(({ name }) => name);
    await untilWell(network, all);
    const running = new Set(all.map((name) => network.node(name).peerId));
    await Promise.all(ofType(network, "light_private").map((name) => untilRelayed(network.node(name), running)));
  }
  after(async function () {
    this.timeout(5 * mendMs);
    await restartRelays(ofType(mesh(), "light_public"));
  });

  it("a client that does not pay is held back past its grace while others are served, and goes on once it pays", async () => {
    const network = mesh();
    // The last ones: the first have channels, of other tests.
    const [debtor = "", payee = "", other = ""] = ofType(network, "light_private").reverse();
    const relays = ofType(network, "light_public");
    const owes = async () => {
      const all = await Promise.all(
        relays.map((relay) => network.node(relay).client.call(paymentsRoutes.earnings, {})),
      );
      const { peerId } = network.node(debtor);
      return all.flatMap(({ clients }) => clients.filter(({ client }) => client === peerId));
    };
    // More than the few relays of a node would wait for together.
    const bytes = 4 * graceBytes;
    const sent = isSent(network, debtor, payee, bytes);
    await openChannels(network, other);
    expect((await payRelays(network, other, payee)) > 0n).to.equal(true);
    expect(await sent).to.equal(false);
    // It was served up to its grace, not refused from the start.
    expect((await owes()).some(({ billableBytes }) => billableBytes >= graceBytes)).to.equal(true);
    for (const { chargedWei, vouchedWei: paid, billableBytes } of await owes()) {
      expect(paid).to.equal("0");
      expect(billableBytes, chargedWei).to.be.lessThan(graceBytes + toleratedBytes);
    }

    await openChannels(network, debtor);
    await until(() => isSent(network, debtor, payee), Boolean, mendMs);
    const hasPaidMost = async () =>
      (await owes()).some(({ chargedWei, vouchedWei: paid }) => BigInt(paid) * 2n > BigInt(chargedWei));
    await until(hasPaidMost, Boolean, mendMs);
    await expectReached(network, ofType(network, "light_private"), 1);
  });

  it("a relay that bills for more than it relayed gets what is right, and is avoided; its clients reach each other on", async () => {
    const network = mesh();
    const relays = ofType(network, "light_public");
    // All of them: nobody knows which one is taken.
    await restartRelays(relays, lying);
    const [payee = "", , payer = ""] = ofType(network, "light_private").reverse();
    const { peerId } = network.node(payer);
    await openChannels(network, payer);
    const bookOf = async (relay: string) => {
      const { relays: used } = await network.node(payer).client.call(paymentsRoutes.channels, {});
      return used.find((entry) => entry.relay === network.node(relay).peerId);
    };
    const sendOn = () => isSent(network, payer, payee);
    const foundOut = async () => {
      await sendOn();
      const books = await Promise.all(relays.map(bookOf));
      return relays.find((_, index) => (books[index]?.lies ?? 0) > 0);
    };
    const liar = (await until(foundOut, Boolean, mendMs)) ?? "";

    const { pricePerGiBWei } = await network.node(liar).client.call(paymentsRoutes.earnings, {});
    for (const relay of relays) {
      const { relayedBytes = 0 } = (await bookOf(relay)) ?? {};
      const rightWei = (worthWei(relayedBytes + toleratedBytes, BigInt(pricePerGiBWei ?? 0)) * 102n) / 100n;
      const paidWei = await vouchedWei(network.node(relay), peerId);
      expect(paidWei <= rightWei, `${relay} has ${paidWei} for ${relayedBytes} bytes`).to.equal(true);
    }
    await restartRelays(relays.filter((relay) => relay !== liar));
    const liarId = network.node(liar).peerId;
    const relaysBetween = async () => {
      const ping = { peerId: network.node(payee).peerId, count: 1 };
      const reached = await network.node(payer).client.call(throughputRoutes.ping, ping);
      return reached.relays;
    };
    const untilPastLiar = () =>
      until(
        () => relaysBetween().catch(() => null),
        (ids) => ids !== null && !ids.includes(liarId),
        mendMs,
      );
    // What was open through it moves on as well.
    await untilPastLiar();
    // It keeps what it knows of the liar, and what it owes the others.
    await network.stopNode(payer, "SIGKILL");
    await network.startNode(payer);
    await untilWell(network, [payer]);
    await untilPastLiar();
    const { relayedBytes = 0 } = (await bookOf(liar)) ?? {};
    for (let more = 0; more < 3; more++) await until(sendOn, Boolean, mendMs);
    // Whoever else comes through the liar, such as a backbone that asks how this node is, brings little.
    expect((await bookOf(liar))?.relayedBytes).to.be.lessThan(relayedBytes + transferBytes);
    await expectReached(network, ofType(network, "light_private"), 1);
  });
});

/** Whether so much gets through. */
function isSent(network: Network, from: string, to: string, bytes = transferBytes): Promise<boolean> {
  const input = { peerId: network.node(to).peerId, bytes };
  return network
    .node(from)
    .client.call(throughputRoutes.throughput, input)
    .then(
      () => true,
      () => false,
    );
}
