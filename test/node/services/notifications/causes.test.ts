import { join } from "node:path";
import { expect } from "chai";
import { encodeFunctionData, type Hex, parseEther, zeroHash } from "viem";
import { nexusTimelockAbi, nexusTimelockBytecode } from "../../../../contracts/generated/nexus-timelock.ts";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import { notificationsRoutes } from "../../../../node/services/notifications/api.ts";
import { createNotificationStore } from "../../../../node/services/notifications/index.ts";
import { newClient, newRelay } from "../../../../node/services/payments/entries.ts";
import { createLedger } from "../../../../node/services/payments/ledger.ts";
import { confirm, connect } from "../../../../scripts/transactions/index.ts";
import { account, transact } from "../../../harness/anvil.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";
import { operator, payerAccount, SHM, startMarket } from "../payments/market.ts";
import { prepareNode, setScore, startNode } from "./fixture.ts";

describe("services/notifications: causes on a real chain", function () {
  this.timeout(180_000);
  const newFolder = temporaryFolders();
  const market = startMarket();
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const nexusAddress = () => market().chain.statementDomain.nexusAddress;
  const governed = (functionName: string, args: readonly unknown[]) =>
    transact(market().anvil, 0, { address: nexusAddress(), abi: nodeNexusAbi, functionName, args });

  /** A registered public node, and a folder in which its daemon can be started again and again. */
  async function prepare(n: number, options: object = {}) {
    const { anvil, payments, registerRelay } = market();
    const { peerId } = await registerRelay(identityOf(n));
    const folder = await newFolder();
    const chain = { rpcUrl: anvil.rpcUrl, nexusAddress: nexusAddress(), relayPaymentsAddress: payments.address };
    await prepareNode(folder, n, chain, options);
    return { folder, peerId };
  }

  async function start(folder: string) {
    const node = await startNode(folder);
    stops.push(node.stop);
    return node;
  }

  it("tells that the score fell by more than was configured, once, through a restart too", async () => {
    const { folder, peerId } = await prepare(21, { scoreDropPoints: 5 });
    await governed("setScorer", [account(0).address]);
    const seen = async (score: number) => {
      await setScore(market().anvil, nexusAddress(), peerId, score);
      await until(
        async () => (await createNotificationStore(folder, silent).read()).score,
        (last) => last === score,
      );
    };
    let node = await start(folder);
    // Five points are what it may lose.
    for (const score of [60, 55, 60]) await seen(score);
    expect((await node.list()).notifications).to.deep.equal([]);
    await node.stop();
    await setScore(market().anvil, nexusAddress(), peerId, 54);
    node = await start(folder);
    const told = await node.told("score_drop");
    expect(told).to.deep.include({ severity: "warning", link: `/network/node/?id=${peerId}`, readAtMs: null });
    expect(told.values).to.deep.equal({ before: 60, after: 54 });
    await node.stop();
    node = await start(folder);
    await setScore(market().anvil, nexusAddress(), peerId, 45);
    const again = await node.told("score_drop", ({ values }) => values.after === 45);
    expect(again.sentence).to.equal("The score of this node fell from 54 to 45.");
    expect((await node.list()).notifications.filter(({ kind }) => kind === "score_drop")).to.have.length(2);
  });

  it("tells that no backbone is in contact and none takes heartbeats, once each while that lasts", async () => {
    const { folder } = await prepare(22, { heartbeatMissedMs: 1_000 });
    let node = await start(folder);
    const told = await node.told("heartbeat_missed");
    expect(told.sentence).to.match(/^This node has had no contact with a backbone for \d+ s\.$/);
    await node.stop();
    node = await start(folder);
    const { endedAtMs, id } = await node.told("heartbeat_missed");
    expect({ endedAtMs, id }).to.deep.equal({ endedAtMs: null, id: told.id });
    expect((await node.list()).notifications).to.have.length(1);
  });

  it("tells that the stake is below the contract's minimum, and when that is over", async () => {
    const { folder } = await prepare(23);
    const node = await start(folder);
    const minimum = (wei: bigint) => governed("setMinimumStake", [2, wei]);
    await minimum(parseEther("150"));
    const told = await node.told("stake_low");
    expect(told).to.deep.include({ severity: "critical", link: "/operate/" });
    expect(told.sentence).to.equal("The stake of this node is 100 SHM; the contract's minimum is 150 SHM.");
    await minimum(parseEther("100"));
    await node.told("stake_low", ({ endedAtMs }) => endedAtMs !== null);
    await minimum(parseEther("200"));
    await node.told("stake_low", ({ values, endedAtMs }) => values.minimum === "200" && endedAtMs === null);
    await minimum(parseEther("100"));
  });

  it("tells of channels of which little is left: the one that pays a relay, and one that pays us", async () => {
    const { channelId, open, registerRelay, voucher } = market();
    const own = await prepare(24, { channelRestPercent: 10 });
    const [self, relay, client] = [identityOf(24), await registerRelay(), identityOf(25)];
    await open(relay.peerId, self.sessionAccount.address, 10n * SHM, operator);
    await open(self.peerId, client.sessionAccount.address, 10n * SHM);
    const ledger = createLedger(join(own.folder, "payments.sqlite"), Date.now);
    const paid = (await market().channelOf(relay.peerId, operator.address))?.id as Hex;
    ledger.saveRelays([{ ...newRelay(relay.peerId), channel: paid, cumulativeWei: 9n * SHM, signedWei: 9n * SHM }]);
    ledger.keepVoucher(
      {
        channel: channelId(self.peerId),
        client: client.peerId,
        voucher: await voucher(client, self.peerId, (95n * SHM) / 10n),
        redeemedWei: 0n,
      },
      newClient(client.peerId),
    );
    ledger.close();
    const node = await start(own.folder);
    const ours = await node.told("channel_low", ({ text }) => text === "ownChannelLow");
    expect(ours.sentence).to.equal(`Of the channel that pays relay ${relay.peerId}, 10 % are left: 1 SHM.`);
    const theirs = await node.told("channel_low", ({ text }) => text === "clientChannelLow");
    expect(theirs.values).to.deep.equal({ peer: client.peerId, percent: 5, amount: "0.5" });
    await market().transactions.fund(payerAccount.address, self.peerId, 10n * SHM);
    await node.told("channel_low", ({ text, endedAtMs }) => text === "clientChannelLow" && endedAtMs !== null);
  });

  it("tells what governance has scheduled, with its date, until it is cancelled; a kind that is off is not told", async () => {
    const { folder } = await prepare(26, { heartbeatMissedMs: 1_000 });
    const { anvil } = market();
    const clients = await connect(anvil.rpcUrl, account(0));
    const { walletClient } = clients;
    const { address } = walletClient.account;
    const args = [nexusAddress(), 0n, [address], [address]] as const;
    const deployed = await walletClient.deployContract({
      abi: nexusTimelockAbi,
      bytecode: nexusTimelockBytecode,
      args,
    });
    const timelock = (await confirm(clients, deployed)).contractAddress as Hex;
    await governed("transferOwnership", [timelock]);
    await anvil.rpc("anvil_impersonateAccount", [timelock]);
    await anvil.rpc("anvil_setBalance", [timelock, "0xde0b6b3a7640000"]);
    const acceptance = encodeFunctionData({ abi: nodeNexusAbi, functionName: "acceptOwnership" });
    await anvil.rpc("eth_sendTransaction", [{ from: timelock, to: nexusAddress(), data: acceptance }]);
    const write = async (functionName: string, of: readonly unknown[]) =>
      confirm(
        clients,
        await walletClient.writeContract({ address: timelock, abi: nexusTimelockAbi, functionName, args: of } as never),
      );
    const price = (wei: bigint) =>
      encodeFunctionData({ abi: nodeNexusAbi, functionName: "setRelayPricePerGiB", args: [wei] });
    const operation = [nexusAddress(), 0n, price(SHM), zeroHash, zeroHash] as const;
    const delayS = 10n * 86_400n + 3_600n;
    await write("schedule", [...operation, delayS]);

    const node = await start(folder);
    const told = await node.told("governance");
    expect(told.sentence).to.match(
      /^Governance has scheduled a change, NodeNexus\.setRelayPricePerGiB: it can take effect from \d{4}-\d\d-\d\d \d\d:\d\d UTC on\.$/,
    );
    const { publicClient } = clients;
    const id = await publicClient.readContract({
      address: timelock,
      abi: nexusTimelockAbi,
      functionName: "hashOperation",
      args: operation,
    });
    await write("cancel", [id]);
    await node.told("governance", ({ endedAtMs }) => endedAtMs !== null);

    await node.client.call(notificationsRoutes.switchNotifications, { kind: "governance", on: false });
    await write("schedule", [nexusAddress(), 0n, price(2n * SHM), zeroHash, zeroHash, delayS]);
    await node.stop();
    const later = await start(folder);
    // Not in the first round: it has looked for all sorts by then.
    await later.told("heartbeat_missed");
    const onAtMs = Date.now();
    await later.client.call(notificationsRoutes.switchNotifications, { kind: "governance", on: true });
    const { atMs } = await later.told("governance", ({ endedAtMs }) => endedAtMs === null);
    expect(atMs).to.be.at.least(onAtMs);
  });
});
