import { upgrades } from "@openzeppelin/hardhat-upgrades/viem";
import { expect } from "chai";
import hardhat from "hardhat";
import {
  type Address,
  getAddress,
  getContract,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
  parseEther,
  parseGwei,
  parseSignature,
  toHex,
  zeroAddress,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { relayPaymentsAbi, relayPaymentsBytecode } from "../../contracts/generated/relay-payments.ts";
import { deployNodeNexus } from "../../scripts/deploy/index.ts";
import {
  asOperator,
  asPauser,
  asStranger,
  assertions,
  connection,
  createNode,
  deployMock,
  gasOf,
  MINIMUM,
  networkHelpers,
  nexusAt,
  operator,
  owner,
  publicClient,
  registerNode,
  stranger,
  timeOf,
} from "./fixture.ts";

const api = await upgrades(hardhat, connection);
const SHM = parseEther("1");
const NOTICE_S = 24 * 3600;

const paymentsAt = (address: Address) =>
  getContract({ address, abi: relayPaymentsAbi, client: { public: publicClient, wallet: owner } });

/** The registry, its payments, a public node, and a stranger who pays it with a session key. */
async function market() {
  const deployment = await deployNodeNexus({ publicClient, walletClient: owner });
  const nexus = nexusAt(deployment.nodeNexus);
  const payments = paymentsAt(deployment.relayPayments);
  const { peerID } = await registerNode(nexus);
  const session = privateKeyToAccount(generatePrivateKey());
  await payments.write.open([peerID, session.address], { ...asStranger, value: 10n * SHM });
  return { nexus, payments, peerID, session };
}
type Market = Awaited<ReturnType<typeof market>>;

async function voucherOf(
  { payments, peerID, session }: Pick<Market, "payments" | "peerID" | "session">,
  cumulativeWei: bigint,
  { payer = stranger.account.address, number = 1, chainId = 31337 } = {},
) {
  const channel = await payments.read.channelId([payer, peerID, number]);
  const long = await session.signTypedData({
    domain: { name: "ShadowMesh RelayPayments", version: "1", chainId, verifyingContract: payments.address },
    types: {
      Voucher: [
        { name: "channel", type: "bytes32" },
        { name: "cumulativeWei", type: "uint256" },
      ],
    },
    primaryType: "Voucher",
    message: { channel, cumulativeWei },
  });
  const { r, s, yParity } = parseSignature(long);
  const vs = numberToHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 });
  return { payer, number, cumulativeWei, r, vs };
}

describe("RelayPayments", () => {
  const load = async () => {
    const loaded = await networkHelpers.loadFixture(market);
    const { payments, peerID } = loaded;
    const channel = await payments.read.channelId([stranger.account.address, peerID, 1]);
    const redeem = async (cumulativeWei: bigint) =>
      payments.write.redeem([peerID, await voucherOf(loaded, cumulativeWei)]);
    return { ...loaded, channel, redeem };
  };

  it("pays a node what its last voucher says, less what was paid before", async () => {
    const { nexus, payments, peerID, channel, redeem } = await load();
    const first = redeem(2n * SHM);
    await assertions.emitWithArgs(first, payments, "Redeemed", [channel, 2n * SHM]);
    await assertions.emitWithArgs(first, nexus, "Rewarded", [peerID, 2n * SHM, 0n]);
    const second = redeem(5n * SHM);
    await assertions.balancesHaveChanged(second, [
      { address: payments.address, amount: -3n * SHM },
      { address: nexus.address, amount: 3n * SHM },
    ]);
    const claimed = nexus.write.claim([peerID]);
    await assertions.balancesHaveChanged(claimed, [{ address: operator.account.address, amount: 5n * SHM }]);
  });

  it("splits what it pays between commission and stake", async () => {
    const { nexus, peerID, redeem } = await load();
    await nexus.write.setCommission([peerID, 2_000], asOperator);
    await redeem(5n * SHM);
    expect(await nexus.read.poolOf([peerID])).to.deep.include({ earnings: SHM, stake: MINIMUM + 4n * SHM });
  });

  it("never pays a voucher twice, nor an older one", async () => {
    const { payments, channel, redeem } = await load();
    await redeem(2n * SHM);
    for (const again of [2n * SHM, SHM]) {
      await assertions.revertWithCustomErrorWithArgs(redeem(again), payments, "NothingToRedeem", [channel]);
    }
  });

  it("keeps what is below a gwei for the next voucher", async () => {
    const { payments, peerID, redeem } = await load();
    await redeem(parseGwei("1") + 999_999_999n);
    expect((await payments.read.channelOf([stranger.account.address, peerID])).redeemed).to.equal(parseGwei("1"));
    await redeem(parseGwei("2"));
    expect((await payments.read.channelOf([stranger.account.address, peerID])).redeemed).to.equal(parseGwei("2"));
  });

  it("refuses more than the deposit, and takes it once there is more", async () => {
    const { payments, peerID, channel, redeem } = await load();
    await assertions.revertWithCustomErrorWithArgs(redeem(11n * SHM), payments, "VoucherExceedsDeposit", [
      channel,
      11n * SHM,
      10n * SHM,
    ]);
    const funded = payments.write.fund([stranger.account.address, peerID], { value: SHM });
    await assertions.emitWithArgs(funded, payments, "ChannelFunded", [channel, SHM]);
    await redeem(11n * SHM);
  });

  it("refuses a signature that is another's, of another amount or chain, or none", async () => {
    const loaded = await load();
    const { payments, peerID, channel } = loaded;
    const good = await voucherOf(loaded, SHM);
    const thief = privateKeyToAccount(generatePrivateKey());
    const zero = numberToHex(0n, { size: 32 });
    for (const { r, vs } of [
      await voucherOf({ ...loaded, session: thief }, SHM),
      await voucherOf(loaded, SHM, { chainId: 137 }),
      await voucherOf(loaded, 2n * SHM),
      { r: zero, vs: zero },
    ]) {
      await assertions.revertWithCustomErrorWithArgs(
        payments.write.redeem([peerID, { ...good, r, vs }]),
        payments,
        "InvalidVoucher",
        [channel],
      );
    }
    await payments.write.redeem([peerID, good]);
  });

  it("refuses a voucher at another proxy of the same code", async () => {
    const loaded = await load();
    const other = await market();
    await other.payments.write.open([loaded.peerID, loaded.session.address], { ...asStranger, value: SHM });
    await assertions.revertWithCustomError(
      other.payments.write.redeem([loaded.peerID, await voucherOf(loaded, SHM)]),
      other.payments,
      "InvalidVoucher",
    );
  });

  it("redeems many channels at once, pays the node once, and passes over what pays nothing", async () => {
    const { nexus, payments, peerID, session, redeem } = await load();
    const payers = [owner, operator];
    for (const { account } of payers) {
      await payments.write.open([peerID, session.address], { account, value: 3n * SHM });
    }
    await redeem(SHM);
    const vouchers = [await voucherOf({ payments, peerID, session }, SHM)];
    for (const { account } of payers) {
      vouchers.push(await voucherOf({ payments, peerID, session }, 2n * SHM, { payer: account.address }));
    }
    const sent = payments.write.redeemMany([peerID, vouchers], asStranger);
    await assertions.emitWithArgs(sent, nexus, "Rewarded", [peerID, 4n * SHM, 0n]);
    await payments.write.redeemMany([peerID, vouchers]);
    expect(await publicClient.getBalance({ address: payments.address })).to.equal(11n * SHM);
  });

  it("pays a payer back what was not redeemed, after the notice, and the node until then", async () => {
    const { payments, peerID, channel, redeem } = await load();
    const early = payments.write.close([peerID], asStranger);
    await assertions.revertWithCustomErrorWithArgs(early, payments, "ExitNotAnnounced", [channel]);
    const hash = await payments.write.announceExit([peerID], asStranger);
    const closableAt = (await timeOf(hash)) + BigInt(NOTICE_S);
    await assertions.emitWithArgs(Promise.resolve(hash), payments, "ExitAnnounced", [channel, closableAt]);
    expect((await payments.read.channelOf([stranger.account.address, peerID])).closableAt).to.equal(closableAt);
    const waiting = payments.write.close([peerID], asStranger);
    await assertions.revertWithCustomErrorWithArgs(waiting, payments, "NoticeRunning", [closableAt]);
    await redeem(4n * SHM);
    await networkHelpers.time.increase(NOTICE_S);
    const closed = payments.write.close([peerID], asStranger);
    await assertions.emitWithArgs(closed, payments, "ChannelClosed", [channel, 6n * SHM]);
    await assertions.balancesHaveChanged(closed, [{ address: stranger.account.address, amount: 6n * SHM }]);
    await assertions.revertWithCustomErrorWithArgs(redeem(5n * SHM), payments, "NoChannel", [channel]);
  });

  it("gives a new channel a new number, so that no voucher of the old one counts", async () => {
    const loaded = await load();
    const { payments, peerID, session, channel } = loaded;
    const again = () => payments.write.open([peerID, session.address], { ...asStranger, value: 9n * SHM });
    await assertions.revertWithCustomErrorWithArgs(again(), payments, "ChannelStillOpen", [channel]);
    await payments.write.announceExit([peerID], asStranger);
    await networkHelpers.time.increase(NOTICE_S);
    await payments.write.close([peerID], asStranger);
    const sent = again();
    await assertions.emit(sent, payments, "ChannelOpened");
    const old = await voucherOf(loaded, SHM);
    await assertions.revertWithCustomError(payments.write.redeem([peerID, old]), payments, "NoChannel");
    await assertions.revertWithCustomError(
      payments.write.redeem([peerID, { ...old, number: 2 }]),
      payments,
      "InvalidVoucher",
    );
    await payments.write.redeem([peerID, await voucherOf(loaded, SHM, { number: 2 })]);
  });

  it("takes an announced exit back when the payer funds the channel, not when somebody else does", async () => {
    const { payments, peerID, channel } = await load();
    const payer = stranger.account.address;
    await payments.write.announceExit([peerID], asStranger);
    await payments.write.fund([payer, peerID], { value: SHM });
    expect((await payments.read.channelOf([payer, peerID])).closableAt > 0n).to.equal(true);
    await payments.write.fund([payer, peerID], { ...asStranger, value: SHM });
    expect(await payments.read.channelOf([payer, peerID])).to.deep.include({
      id: channel,
      deposited: 12n * SHM,
      redeemed: 0n,
      closableAt: 0n,
    });
  });

  it("refuses channels without coins, with more than it can count, and without a session key", async () => {
    const { payments, peerID, session } = await load();
    const open = (value: bigint, sessionKey: Address = session.address) =>
      payments.write.open([peerID, sessionKey], { ...asPauser, value });
    await assertions.revertWithCustomError(open(0n), payments, "NothingSent");
    await assertions.revertWithCustomErrorWithArgs(open(1n), payments, "InvalidAmount", [1n]);
    const most = (2n ** 48n - 1n) * 10n ** 9n;
    await networkHelpers.setBalance(asPauser.account.address, 2n * most);
    await assertions.revertWithCustomError(open(most + 10n ** 9n), payments, "InvalidAmount");
    await assertions.revertWithCustomErrorWithArgs(open(SHM, zeroAddress), payments, "InvalidSessionKey", [
      zeroAddress,
    ]);
    await open(most);
    const { peerID: unknown } = createNode();
    for (const attempt of [
      payments.write.fund([stranger.account.address, unknown], { value: SHM }),
      payments.write.announceExit([unknown]),
      payments.write.close([unknown]),
    ]) {
      await assertions.revertWithCustomError(attempt, payments, "NoChannel");
    }
    expect((await payments.read.channelOf([owner.account.address, unknown])).id).to.equal(
      numberToHex(0n, { size: 32 }),
    );
  });

  it("pays no node that is not registered: the payer's coins stay the payer's", async () => {
    const { nexus, payments, session } = await load();
    const { peerID } = createNode();
    await payments.write.open([peerID, session.address], { ...asStranger, value: SHM });
    const voucher = await voucherOf({ payments, peerID, session }, SHM);
    await assertions.revertWithCustomError(payments.write.redeem([peerID, voucher]), nexus, "NotRegistered");
  });

  it("takes what a payer's contract signs, pays it back once though it calls back, and only if it takes coins", async () => {
    const { payments, peerID } = await load();
    const abi = parseAbi([
      "function open(bytes20 peerID) payable",
      "function announceExit()",
      "function close()",
      "function refuse(bool refuses)",
      "function reentryFailed() view returns (bool)",
    ]);
    const payer = await deployMock("PayerContract", abi, [payments.address]);
    await payer.write.open([peerID], { value: 3n * SHM });
    const redeem = (signature: Hex, cumulativeWei = SHM) =>
      payments.write.redeemSigned([peerID, payer.address, 1, cumulativeWei, signature]);
    const signature = keccak256(toHex("signed"));
    await assertions.revertWithCustomError(redeem(keccak256("0x")), payments, "InvalidVoucher");
    await redeem(signature);
    await assertions.revertWithCustomError(redeem(signature), payments, "NothingToRedeem");
    const foreign = payments.write.redeemSigned([peerID, stranger.account.address, 1, SHM, signature]);
    await assertions.revertWithCustomError(foreign, payments, "InvalidVoucher");
    await payer.write.announceExit();
    await networkHelpers.time.increase(NOTICE_S);
    await payer.write.refuse([true]);
    await assertions.revertWithCustomErrorWithArgs(payer.write.close(), payments, "TransferFailed", [
      getAddress(payer.address),
      2n * SHM,
    ]);
    await payer.write.refuse([false]);
    await assertions.balancesHaveChanged(payer.write.close(), [{ address: payer.address, amount: 2n * SHM }]);
    expect(await payer.read.reentryFailed()).to.equal(true);
  });

  it("says the price of the registry, and what a session key signs", async () => {
    const { nexus, payments, channel } = await load();
    expect(await payments.read.pricePerGiB()).to.equal(await nexus.read.relayPricePerGiB());
    expect(await payments.read.hashVoucher([channel, 1n])).to.not.equal(await payments.read.hashVoucher([channel, 2n]));
  });

  it("keeps storage over upgrades, which are the owner's alone, and knows no other power of the owner", async () => {
    const { nexus, payments } = await load();
    const uups = { kind: "uups", constructorArgs: [nexus.address, 1n] } as const;
    await api.validateUpgrade("RelayPayments", "RelayPayments", uups);
    const failure = await api.validateUpgrade("RelayPayments", "RelayPaymentsBadLayout", uups).catch(String);
    expect(failure).to.include("Upgraded `accounts` to an incompatible type");
    const hash = await owner.deployContract({
      abi: relayPaymentsAbi,
      bytecode: relayPaymentsBytecode,
      args: [nexus.address, 60n],
    });
    const { contractAddress } = await publicClient.getTransactionReceipt({ hash });
    await assertions.revertWithCustomError(
      payments.write.upgradeToAndCall([contractAddress ?? zeroAddress, "0x"], asStranger),
      payments,
      "OwnableUnauthorizedAccount",
    );
    await payments.write.upgradeToAndCall([contractAddress ?? zeroAddress, "0x"]);
    expect(await payments.read.exitNotice()).to.equal(60n);
    await assertions.revertWithCustomError(
      payments.write.initialize([owner.account.address]),
      payments,
      "InvalidInitialization",
    );
    for (const notice of [0n, 31n * 24n * 3600n]) {
      const refused = owner.deployContract({
        abi: relayPaymentsAbi,
        bytecode: relayPaymentsBytecode,
        args: [nexus.address, notice],
      });
      expect(await refused.catch(String)).to.include("InvalidNotice");
    }
    const { abi } = payments;
    const writes = abi.flatMap((item) =>
      item.type === "function" && !/view|pure/.test(item.stateMutability) ? item.name : [],
    );
    expect(writes).to.have.members([
      ...["open", "fund", "announceExit", "close", "redeem", "redeemSigned", "redeemMany"],
      ...["initialize", "upgradeToAndCall", "transferOwnership", "acceptOwnership", "renounceOwnership"],
    ]);
  });

  it("costs little to redeem, one or many", async () => {
    const { payments, peerID, session, redeem } = await load();
    await redeem(SHM);
    const one = Number(await gasOf(await redeem(2n * SHM)));
    const wallets = [owner, operator, { account: asPauser.account }];
    for (const { account } of wallets) {
      await payments.write.open([peerID, session.address], { account, value: 3n * SHM });
    }
    const vouchers = await Promise.all(
      wallets.map(({ account }) => voucherOf({ payments, peerID, session }, SHM, { payer: account.address })),
    );
    const single = Number(await gasOf(await payments.write.redeemMany([peerID, vouchers.slice(0, 1)])));
    const more = await Promise.all(
      wallets.map(({ account }) => voucherOf({ payments, peerID, session }, 2n * SHM, { payer: account.address })),
    );
    const many = Number(await gasOf(await payments.write.redeemMany([peerID, more])));
    expect(one).to.be.at.most(65_000);
    expect((many - single) / 2).to.be.at.most(14_000);
  });
});
