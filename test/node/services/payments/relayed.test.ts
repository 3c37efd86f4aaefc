import { expect } from "chai";
import { z } from "zod";
import { nodeNexusAbi } from "../../../../contracts/generated/node-nexus.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import type { Identity } from "../../../../node/core/identity/index.ts";
import { type Lane, messages } from "../../../../node/core/overlay/index.ts";
import type { NodeRecord } from "../../../../node/core/records/index.ts";
import { unregistered } from "../../../../node/core/vocabulary.ts";
import { createPayments, type Payments, paymentsConfigSchema } from "../../../../node/services/payments/index.ts";
import { paymentProtocol } from "../../../../node/services/payments/protocol.ts";
import { createRelayServer, type RelayServer, relayConfigSchema } from "../../../../node/services/relay/index.ts";
import { account, transact } from "../../../harness/anvil.ts";
import { temporaryFolders } from "../../../harness/folder.ts";
import { identityOf } from "../../../harness/identities.ts";
import { createTestMembership, registrationFor } from "../../../harness/membership.ts";
import { circuitAddress, createMesh, type MeshNode } from "../../../harness/mesh.ts";
import { createRandom } from "../../../harness/random.ts";
import { until } from "../../../harness/until.ts";
import { silent } from "../../api/fixture.ts";
import { mebibyte, payerAccount, SHM, startMarket, worthOfMiB } from "./market.ts";

const patient = 120_000;
const soon = () => AbortSignal.timeout(patient);
const protocol = "/shadowmesh/test/1.0.0";

describe("services/payments, through a real relay", function () {
  this.timeout(400_000);
  const market = startMarket();
  const newFolder = temporaryFolders();
  const newNode = createMesh();
  const running: (Payments | RelayServer)[] = [];
  afterEach(async () => {
    for (const service of running.splice(0).reverse()) await service.stop();
  });

  async function withPayments(node: MeshNode, options: Record<string, unknown>) {
    const clock = { aheadMs: 0 };
    const payments = createPayments(paymentsConfigSchema.parse(options), {
      identity: node.identity,
      overlay: node.overlay,
      chain: market().chain,
      registration: () => registrationFor(node.peerId, { operator: payerAccount.address }),
      folder: await newFolder(),
      now: () => Date.now() + clock.aheadMs,
      log: silent,
    });
    running.push(payments);
    await payments.start(soon());
    return { payments, clock };
  }

  /** A client that can reach a hidden node through a relay alone, and pays it. */
  async function newRelayed(options: {
    freeBytesPerDay: number;
    deposit: bigint;
    isRegistered?: boolean;
    relayNumber?: number;
  }) {
    const relay = await newNode(options.relayNumber ?? 1, { mayReserve: async () => true });
    const { payments, clock } = await withPayments(relay, { freeBytesPerDay: options.freeBytesPerDay });
    const server = createRelayServer(relayConfigSchema.parse({}), {
      overlay: relay.overlay,
      membership: createTestMembership(registrationFor(relay.peerId)),
      mayPass: async () => true,
      isUnregistered: async () => options.isRegistered === false,
      charging: payments.charging,
      log: silent,
    });
    running.push(server);
    await server.start(soon());

    const hidden = await newNode(2, { listen: [] });
    const toRelay = await connect(hidden, await relay.record());
    const reserve = () => hidden.overlay.circuit.reserve(toRelay.libp2p.remotePeer, soon());
    await until(
      () =>
        reserve().then(
          () => true,
          () => false,
        ),
      Boolean,
      patient,
    );
    await hidden.overlay.lanes.handle(protocol, drain, { maxInbound: 8 });
    const record = await hidden.record({ addresses: [await circuitAddress(relay)], relays: [relay.peerId] });

    const client = await newNode(3, { listen: [] });
    const paying = await withPayments(client, {});
    if (options.deposit > 0n)
      await market().open(relay.peerId, client.identity.sessionAccount.address, options.deposit);
    await connect(client, await relay.record());
    const openLane = async () => client.overlay.lanes.open(await connect(client, record), protocol, soon());
    /** On a splice: where the ends have once missed each other, a connection is not asked for another. */
    const openSpliced = () =>
      until(
        async () => {
          const lane = await openLane().catch(() => null);
          if (lane?.dedicated !== false) return lane;
          await client.overlay.connectionTo(hidden.peerId)?.libp2p.close();
          return null;
        },
        Boolean,
        patient,
      );
    return { relay, payments, clock, server, hidden, client, paying, record, openLane, openSpliced };
  }

  /** However long a handshake takes on a busy machine. */
  const connect = (node: MeshNode, record: NodeRecord) =>
    until(() => node.overlay.connect(record, soon()).catch(() => null), Boolean, patient);

  const drain = async ({ duplex }: Lane) => {
    for await (const _ of duplex.iterator({ destroyOnReturn: false })) {
      // It only has to be read.
    }
    duplex.end("all");
  };

  async function send(lane: Lane, bytes: number) {
    const chunk = Buffer.alloc(2 ** 18);
    const ended = until(() => lane.duplex.destroyed, Boolean, patient).then(() => Promise.reject(new Error("ended")));
    ended.catch(() => undefined);
    for (let left = bytes; left > 0; left -= chunk.length) {
      if (lane.duplex.write(chunk)) continue;
      await Promise.race([new Promise((resolve) => lane.duplex.once("drain", resolve)), ended]);
    }
  }

  const registered = new Set<string>();
  /** The same relay in each test: the mesh has its number. */
  async function register(identity: Identity) {
    if (!registered.has(identity.peerId)) await market().registerRelay(identity);
    registered.add(identity.peerId);
  }

  it("counts one that nobody registered by itself where it has a channel, and else with all others", async () => {
    await register(identityOf(4));
    for (const deposit of [0n, SHM]) {
      const { server, payments, client, record } = await newRelayed({
        freeBytesPerDay: 4 * mebibyte,
        deposit,
        isRegistered: false,
        // To which no other test opens a channel.
        relayNumber: 4,
      });
      expect((await connect(client, record)).path).to.equal("relayed");
      const [counted, other] = deposit > 0n ? [client.peerId, unregistered] : [unregistered, client.peerId];
      expect(await until(() => server.usage.bytesOf(counted), Boolean, patient)).to.be.greaterThan(0);
      expect(server.usage.bytesOf(other)).to.equal(0);
      expect((await payments.accounts.earnings()).total.vouchedWei).to.equal(deposit > 0n ? "1" : "0");
    }
  });

  it("passes the allowance for nothing, is paid while bytes flow, and earns its operator a share", async () => {
    await register(identityOf(1));
    const { relay, payments, clock, server, client, paying, openSpliced } = await newRelayed({
      freeBytesPerDay: 4 * mebibyte,
      deposit: 10n * SHM,
    });
    const lane = await openSpliced();
    await send(lane, 3 * mebibyte);
    expect((await payments.accounts.earnings()).total.chargedWei).to.equal("0");
    await send(lane, 97 * mebibyte);
    lane.duplex.end();
    await until(() => server.usage.bytesOf(client.peerId) >= 100 * mebibyte, Boolean, patient);
    const vouched = async () => BigInt((await payments.accounts.earnings()).total.vouchedWei);
    await until(async () => (await vouched()) >= 76n * worthOfMiB, Boolean, patient);

    const { relays } = await paying.payments.accounts.channels();
    const counted = server.usage.bytesOf(client.peerId);
    expect(relays[0]?.relayedBytes, "both count the same").to.be.within(counted * 0.99, counted * 1.01 + mebibyte);
    expect(relays[0]).to.deep.include({ relay: relay.peerId, lies: 0 });
    expect(relays[0]?.channel).to.include({ ours: true, depositedWei: `${10n * SHM}` });

    // Gas for the node key's account, and the time of the next look.
    const { chain, anvil } = market();
    await anvil.rpc("anvil_setBalance", [relay.identity.nodeAddress, `0x${SHM.toString(16)}`]);
    clock.aheadMs += 6 * 60_000;
    const redeemed = async () => BigInt((await payments.accounts.earnings()).total.redeemedWei);
    await until(async () => (await redeemed()) >= 76n * worthOfMiB, Boolean, patient);
    const [pool, known] = await Promise.all([
      chain.client.readContract({
        address: chain.statementDomain.nexusAddress,
        abi: nodeNexusAbi,
        functionName: "poolOf",
        args: [relay.peerId],
      }),
      market().channelOf(relay.peerId),
    ]);
    expect(pool.earnings + pool.stake - 100n * SHM).to.equal(known?.redeemedWei);
    const before = await chain.client.getBalance({ address: account(1).address });
    await transact(anvil, 7, {
      address: chain.statementDomain.nexusAddress,
      abi: nodeNexusAbi,
      functionName: "claim",
      args: [relay.peerId],
    });
    const after = await chain.client.getBalance({ address: account(1).address });
    expect(after - before).to.equal(pool.earnings);
    expect(pool.earnings > 0n).to.equal(true);
  });

  it("wakes a client that is parked for what it owes, while its lane goes on", async () => {
    await register(identityOf(1));
    await closeChannel(identityOf(1).peerId);
    const { relay, hidden, client, openSpliced } = await newRelayed({ freeBytesPerDay: 0, deposit: 10n * SHM });
    const lane = await openSpliced();
    await client.overlay.connectionTo(hidden.peerId)?.libp2p.close();
    const reserve = async () => {
      const connection = await connect(client, await relay.record());
      await client.overlay.circuit.reserve(connection.libp2p.remotePeer, soon());
      return connection;
    };
    const connection = await reserve();
    const place = await until(
      () => client.overlay.waiting.park(connection, soon()).catch(() => null),
      Boolean,
      patient,
    );
    const back = place.ended.then(reserve).then(place.leave);
    await send(lane, 97 * mebibyte);
    lane.duplex.end();
    expect(await place.ended).to.equal("woken");
    await back;
  });

  it("ends what passes for a client that does not pay, refuses it splices, and goes on once it pays", async () => {
    await register(identityOf(1));
    await closeChannel(identityOf(1).peerId);
    const { relay, clock, openLane, openSpliced, client, payments } = await newRelayed({
      freeBytesPerDay: 0,
      deposit: 0n,
    });
    const lane = await openSpliced();
    const sending = send(lane, 120 * mebibyte).then(
      () => "sent",
      () => "ended",
    );
    const owedWei = async () => {
      const { total } = await payments.accounts.earnings();
      return BigInt(total.chargedWei) - BigInt(total.vouchedWei);
    };
    await until(async () => (await owedWei()) > 64n * worthOfMiB, Boolean, patient);
    await until(
      () => {
        clock.aheadMs += 31_000;
        return lane.duplex.destroyed;
      },
      Boolean,
      patient,
    );
    expect(await sending).to.equal("ended");
    const codeOf = (error: unknown) => (ShadowMeshError.is(error) ? error.code : String(error));
    await until(
      () => openLane().then(() => "opened", codeOf),
      (code) => code === "PAYMENT_REQUIRED",
      patient,
    );

    await market().open(relay.peerId, client.identity.sessionAccount.address, SHM);
    await until(
      async () => {
        clock.aheadMs += 11_000;
        return (await owedWei()) < 16n * worthOfMiB;
      },
      Boolean,
      patient,
    );
    const again = await openSpliced();
    await send(again, mebibyte);
  });

  /** Ends the channel of the test before: it names the same session key. */
  async function closeChannel(relay: `0x${string}`) {
    const { channelOf, transactions, anvil } = market();
    if ((await channelOf(relay)) === null) return;
    await transactions.announceExit(relay);
    await anvil.rpc("evm_increaseTime", [25 * 3600]);
    await anvil.rpc("evm_mine");
    await transactions.close(relay);
  }

  it("answers garbage with a reset, and honest bills after it as before", async () => {
    const relayNode = await newNode(4);
    const client = await newNode(5, { listen: [] });
    await withPayments(client, {});
    await connect(client, await relayNode.record());
    const connection = await until(() => relayNode.overlay.connectionTo(client.peerId), Boolean, patient);
    const random = createRandom(20_261_121);
    const bill = { pricePerGiBWei: "1", billableBytes: 1, dueWei: "1", voucher: null };
    const broken = [null, -1, 1.5, "", "1e9", "0x1", "-1", "9".repeat(79), [], {}, true, { payer: "0x" }];
    for (let round = 0; round < 60; round++) {
      const stream = await connection.open(paymentProtocol, soon());
      const ended = new Promise<void>((resolve) => stream.addEventListener("close", () => resolve(), { once: true }));
      const exchange = messages(stream);
      if (random.integer(2) === 0) stream.send(random.bytes(1 + random.integer(2_000)));
      else {
        const field = random.pick(Object.keys(bill));
        await exchange.write({ ...bill, [field]: random.pick(broken) }, soon());
      }
      await stream.close({ signal: soon() }).catch(() => undefined);
      await Promise.race([ended, exchange.read(z.unknown(), soon()).catch(() => undefined)]);
      stream.abort(new Error("done"));
    }
    const stream = await connection.open(paymentProtocol, soon());
    const exchange = messages(stream);
    await exchange.write(bill, soon());
    const answer = await exchange.read(z.unknown(), soon());
    expect(answer).to.deep.equal({ voucher: null, refusal: "NO_CHANNEL" });
  });
});
