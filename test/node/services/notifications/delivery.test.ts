import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import { configSchema, loadConfig } from "../../../../node/config.ts";
import { mergeSources, readSources } from "../../../../node/config-sources.ts";
import { notificationsRoutes } from "../../../../node/services/notifications/api.ts";
import { createNotificationStore } from "../../../../node/services/notifications/index.ts";
import { transact } from "../../../harness/anvil.ts";
import { shadowmesh } from "../../../harness/command.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { startMailServer } from "../../../harness/mail-server.ts";
import { until } from "../../../harness/until.ts";
import { expectSigned, startReceiver, webhookSecret } from "../../../harness/webhook-receiver.ts";
import { silent } from "../../api/fixture.ts";
import { SHM, startMarket } from "../payments/market.ts";
import { prepareNode, startNode } from "./fixture.ts";

const signIn = { user: "node", password: "correct horse" };

describe("services/notifications: delivery", function () {
  this.timeout(180_000);
  const newFolder = temporaryFolders();
  const market = startMarket();
  const stops: (() => Promise<unknown>)[] = [];
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let mail: Awaited<ReturnType<typeof startMailServer>>;
  beforeEach(async () => {
    [receiver, mail] = await Promise.all([startReceiver(), startMailServer(signIn)]);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await Promise.all([receiver.close(), mail.close()]);
  });

  const both = () => ({
    webhookUrl: receiver.url,
    webhookSecret,
    webhookAllowPrivate: true,
    smtpHost: "127.0.0.1",
    smtpPort: mail.port,
    smtpUser: signIn.user,
    smtpPassword: signIn.password,
    emailFrom: "node@example.com",
    emailTo: "owner@example.com",
  });

  async function prepare(n: number, options: object = both()) {
    const { peerId } = await market().registerRelay(identityOf(n));
    const folder = await newFolder();
    const { nexusAddress } = market().chain.statementDomain;
    await prepareNode(folder, n, { rpcUrl: market().anvil.rpcUrl, nexusAddress }, options);
    return { folder, peerId };
  }
  async function start(folder: string) {
    const node = await startNode(folder);
    stops.push(node.stop);
    return node;
  }
  const minimum = (wei: bigint) => {
    const address = market().chain.statementDomain.nexusAddress;
    return transact(market().anvil, 0, { address, abi: nodeNexusAbi, functionName: "setMinimumStake", args: [2, wei] });
  };

  it("sends each notification once by webhook, signed, and by e-mail, also when it starts again", async () => {
    const { folder, peerId } = await prepare(31);
    let node = await start(folder);
    await minimum(150n * SHM);
    const told = await node.told("stake_low");
    await until(() => receiver.received.length === 1 && mail.mails.length === 1);
    const [received] = receiver.received;
    expectSigned(received ?? expect.fail());
    expect(JSON.parse(received?.body ?? "")).to.deep.equal({
      type: "notification.stake_low",
      timestamp: new Date(told.atMs).toISOString(),
      data: {
        id: told.id,
        peerId,
        severity: "critical",
        sentence: told.sentence,
        text: "stakeLow",
        values: { stake: "100", minimum: "150" },
        link: "/operate/",
      },
    });
    const [{ from, to, source } = expect.fail()] = mail.mails;
    expect({ from, to }).to.deep.equal({ from: "node@example.com", to: ["owner@example.com"] });
    expect(source).to.include(told.sentence).and.to.include(peerId);
    expect(source.replace(/\r\n /g, " ")).to.include(`Subject: ShadowMesh: ${told.sentence}`);
    await until(node.list, ({ channels }) =>
      channels.every(({ lastSentAtMs, waiting }) => lastSentAtMs && waiting === 0),
    );

    await node.stop();
    node = await start(folder);
    await minimum(100n * SHM);
    await node.told("stake_low", ({ endedAtMs }) => endedAtMs !== null);
    await minimum(160n * SHM);
    await until(() => receiver.received.length > 1 && mail.mails.length > 1);
    expect(JSON.parse(receiver.received[1]?.body ?? "").data.values.minimum).to.equal("160");
    await minimum(100n * SHM);
  });

  it("sends later what a receiver did not take, and tells by the other way that it fails", async () => {
    const { folder } = await prepare(32);
    receiver.state.status = 503;
    let node = await start(folder);
    await minimum(150n * SHM);
    await node.told("stake_low");
    await until(() => mail.mails.length === 1 && receiver.received.length === 1);
    // A test is an attempt, too: the third in a row is told.
    for (let attempt = 2; attempt <= 3; attempt++) {
      const { results } = await node.client.call(notificationsRoutes.testNotifications, {});
      const [webhook, email] = results;
      expect(webhook).to.deep.include({ channel: "webhook", outcome: "failed" });
      expect(webhook?.error?.code).to.equal("WEBHOOK_REFUSED");
      expect(email).to.deep.equal({ channel: "email", outcome: "sent", error: null });
    }
    const told = await node.told("delivery_failed");
    expect(told.sentence).to.equal(
      "Notifications do not reach the webhook: The webhook's receiver did not take what was sent.",
    );
    await until(() =>
      mail.mails.some(({ source }) => source.replace(/=\r\n/g, "").includes("do not reach the webhook")),
    );
    const [state] = (await node.list()).channels;
    expect(state).to.deep.include({ channel: "webhook", configured: true, on: true, waiting: 1, lastSentAtMs: null });
    expect(state?.failure?.code).to.equal("WEBHOOK_REFUSED");
    expect(state?.failure?.attempts).to.be.at.least(3);

    await node.stop();
    receiver.state.status = 200;
    const ids = () => receiver.received.map(({ headers }) => headers["webhook-id"]);
    const [refused, ...others] = ids();
    node = await start(folder);
    await node.client.call(notificationsRoutes.testNotifications, {});
    // What waits follows the first thing that arrives.
    await until(() =>
      ids()
        .slice(others.length + 1)
        .includes(refused),
    );
    await node.told("delivery_failed", ({ endedAtMs }) => endedAtMs !== null);
    await minimum(100n * SHM);
  });

  it("says of each way what came of a test, and sends by none that is off", async () => {
    const { folder } = await prepare(33, { ...both(), smtpPassword: "wrong" });
    const node = await start(folder);
    const test = async () => (await node.client.call(notificationsRoutes.testNotifications, {})).results;
    const [webhook, email] = await test();
    expect(webhook?.outcome).to.equal("sent");
    expect(email?.error?.code).to.equal("EMAIL_SIGN_IN_REFUSED");
    expect(JSON.stringify(email)).to.not.include("correct");
    await node.client.call(notificationsRoutes.switchNotifications, { channel: "webhook", on: false });
    expect((await test())[0]).to.deep.equal({ channel: "webhook", outcome: "off", error: null });
    await minimum(150n * SHM);
    await node.told("stake_low");
    await until(node.list, ({ channels }) => (channels[1]?.failure?.attempts ?? 0) > 2);
    expect(receiver.received).to.have.length(1);
    await minimum(100n * SHM);
  });

  it("says why an e-mail was not sent: no server, one that cannot encrypt, one that refuses", async () => {
    for (const [changes, code] of [
      [{ smtpPort: 9 }, "EMAIL_UNREACHABLE"],
      // This machine under a name that does not say so.
      [{ smtpHost: "127.1" }, "EMAIL_NOT_ENCRYPTED"],
      [{}, "EMAIL_REFUSED"],
    ] as const) {
      mail.state.refuses = true;
      const folder = await newFolder();
      const nexusAddress = market().chain.statementDomain.nexusAddress;
      await prepareNode(folder, 34, { rpcUrl: market().anvil.rpcUrl, nexusAddress }, { ...both(), ...changes });
      const node = await start(folder);
      const { results } = await node.client.call(notificationsRoutes.testNotifications, {});
      expect(results[1]?.error?.code).to.equal(code);
    }
    expect(mail.mails).to.deep.equal([]);
  });

  it("is marked as read, one or all, and that is kept", async () => {
    const { folder } = await prepare(35, { heartbeatMissedMs: 1_000 });
    let node = await start(folder);
    await minimum(150n * SHM);
    const [first, second] = [await node.told("stake_low"), await node.told("heartbeat_missed")];
    expect(await node.client.call(notificationsRoutes.readNotifications, { ids: [first.id] })).to.deep.equal({
      unread: 1,
    });
    await node.stop();
    node = await start(folder);
    const { notifications, unread } = await node.list();
    expect(unread).to.equal(1);
    expect(notifications.filter(({ readAtMs }) => readAtMs === null).map(({ id }) => id)).to.deep.equal([second.id]);
    expect(await node.client.call(notificationsRoutes.readNotifications, {})).to.deep.equal({ unread: 0 });
    await minimum(100n * SHM);
  });

  it("is listed and tested by the command", async () => {
    const { folder } = await prepare(36);
    const node = await start(folder);
    const empty = await shadowmesh(folder, ["notifications", "--data", folder]);
    expect(empty.stdout).to.equal("Nothing to tell.\n");
    await minimum(150n * SHM);
    await node.told("stake_low");
    const listed = await shadowmesh(folder, ["notifications", "--data", folder]);
    expect(listed.stdout).to.match(/^1 unread\n● \S+ {2}critical {2}The stake of this node is 100 SHM/);
    const tested = await shadowmesh(folder, ["notifications", "--test", "--json", "--data", folder]);
    expect(JSON.parse(tested.stdout).results.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal([
      "sent",
      "sent",
    ]);
    await minimum(100n * SHM);
  });

  it("keeps 200 notifications, begins anew where its file is damaged, and holds no secret", async () => {
    const { folder } = await prepare(37, { ...both(), heartbeatMissedMs: 1_000 });
    const path = join(folder, "notifications.json");
    await writeFile(path, "{");
    const node = await start(folder);
    const told = await node.told("heartbeat_missed");
    await until(node.list, ({ channels }) => channels.every(({ waiting }) => waiting === 0));
    await node.stop();
    const store = createNotificationStore(folder, silent);
    const memory = await store.read();
    const [kept = expect.fail()] = memory.notifications;
    expect(kept.id).to.equal(told.id);
    memory.notifications = Array.from({ length: 200 }, () => ({ ...kept, id: crypto.randomUUID() }));
    memory.open = {};
    await store.write(memory);
    const again = await start(folder);
    await until(again.list, ({ notifications }) => notifications.some(({ atMs }) => atMs > kept.atMs));
    const { notifications } = await again.client.call(notificationsRoutes.notifications, { limit: 200 });
    expect(notifications).to.have.length(200);
    const text = await readFile(path, "utf8");
    expect(text).to.not.include(signIn.password);
    expect(text).to.not.include(webhookSecret);
  });

  it("refuses a configuration that cannot work, with a sentence that says what is missing", async () => {
    const folder = await newFolder();
    for (const [options, sentence] of [
      [{ webhookUrl: "https://example.com/" }, /needs `notifications\.webhookSecret`/],
      [{ webhookUrl: "ftp://example.com/" }, /notifications\.webhookUrl/],
      [{ webhookSecret: "short" }, /expected whsec_/],
      [{ smtpHost: "mail.example.com" }, /needs `notifications\.emailFrom` and `notifications\.emailTo`/],
      [{ smtpUser: "me" }, /needs `notifications\.smtpPassword`/],
      [{ emailTo: "nobody" }, /notifications\.emailTo/],
      [{ scoreDropPoints: 101 }, /notifications\.scoreDropPoints/],
    ] as const) {
      const file = { path: "config.yaml", text: JSON.stringify({ notifications: options }) };
      const refused = async () => mergeSources(configSchema, readSources(configSchema, { file, env: {}, flags: {} }));
      expect((await expectCode(refused(), "CONFIG_INVALID")).message).to.match(sentence);
    }
    expect((await loadConfig(folder)).notifications.webhookUrl).to.equal(null);
  });
});
