import { type Hex, parseGwei, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  asOperator,
  asPauser,
  EUROPE,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  owner,
  registerNode,
  stranger,
  type TestNode,
} from "../contracts/fixture.ts";
import { voucherOf } from "../contracts/relay-payments/market.ts";
import { contradictionOf } from "../contracts/slashing/court.ts";
import type { Random } from "../harness/random.ts";
import type { Entity } from "./host/store.ts";
import { type Network, poolOf } from "./network.ts";
import { change, registerBackbones, section, submitScores } from "./quorum.ts";

const DAY_S = 24 * 3600;
const PER_WEI = 10n ** 6n;
const accounts = [asOperator.account, stranger.account, owner.account];

/** Everything that anybody can do to a network, with arguments by chance; what the contracts refuse throws. */
export async function createOperations(
  network: Network,
  random: Random,
): Promise<Record<string, () => Promise<unknown>>> {
  const { nexus, payments, slashing } = network;
  const backbones = await registerBackbones(network);
  const nodes: TestNode[] = [];
  for (let i = 0; i < 4; i++) nodes.push(await registerNode(nexus));
  const session = privateKeyToAccount(generatePrivateKey());
  const redeemed = new Map<string, bigint>();
  let sequence = 0n;

  const node = () => random.pick(nodes);
  /** Half of the nodes come and go; the others stay, so that there is something to do. */
  const guest = () => random.pick(nodes.slice(0, 2));
  const by = () => ({ account: random.pick(accounts) });
  const region = () => random.pick([EUROPE, OCEANIA]);
  const nodeType = () => random.pick([LIGHT_PRIVATE, LIGHT_PUBLIC]);
  const gwei = () => parseGwei(String(1 + random.integer(3_000_000_000)));
  const wei = () => gwei() + BigInt(random.integer(1_000));
  const anyPool = async () => 1 + random.integer(Number((await network.entity("Registry", "nexus")).registrations));
  const someUnbonding = async () => {
    const staker = random.pick(
      (await network.all("Staker")).filter(({ openUnbondings }) => String(openUnbondings) !== ""),
    );
    const index = BigInt(random.integer([staker.openUnbondings ?? []].flat().length));
    return { args: [Number(staker.pool), index] as const, account: staker.account as Hex };
  };
  /** An entity of which something holds. */
  const some = async (type: string, holds: (entity: Entity) => boolean) =>
    random.pick((await network.all(type)).filter(holds));

  async function voucher(peerID: Hex) {
    const payer = random.pick([stranger, owner]).account.address;
    const { id, deposited } = await payments.read.channelOf([payer, peerID]);
    const channel = await network.entity("Channel", id);
    const cumulative = (redeemed.get(id) ?? 0n) + (deposited * BigInt(random.integer(40))) / 100n + 7n;
    redeemed.set(id, cumulative);
    return voucherOf({ payments, peerID, session }, cumulative, { payer, number: Number(channel.number) });
  }

  return {
    register: () => registerNode(nexus, { node: guest(), nodeType: nodeType(), region: region(), value: wei() * 50n }),
    update: () =>
      nexus.write.update([node().peerID, nodeType(), region(), 1 + random.integer(900)], {
        ...asOperator,
        value: wei(),
      }),
    topUp: () => nexus.write.topUp([node().peerID], { value: wei() }),
    deregister: () => nexus.write.deregister([guest().peerID], asOperator),
    withdraw: () => nexus.write.withdraw([guest().peerID], asOperator),
    stake: () => nexus.write.stake([node().peerID, 0n], { ...by(), value: wei() }),
    async unstake() {
      const [pool, { account }] = [await anyPool(), by()];
      const { shares } = await nexus.read.stakerOf([pool, account.address]);
      const part = random.pick([shares, shares / 3n, PER_WEI]);
      return nexus.write.unstake([pool, part], { account });
    },
    async withdrawUnstaked() {
      const { args, account } = await someUnbonding();
      return nexus.write.withdrawUnstaked(args, { account });
    },
    async rebond() {
      const { args, account } = await someUnbonding();
      return nexus.write.rebond(args, { account });
    },
    reward: () => nexus.write.reward([node().peerID], { value: wei() }),
    claim: () => nexus.write.claim([node().peerID]),
    setBeneficiary: () =>
      nexus.write.setBeneficiary([node().peerID, random.pick([zeroAddress, stranger.account.address])], asOperator),
    async setCommission() {
      const pool = await some("Pool", ({ closed, nextCommissionAt }) => closed === false && nextCommissionAt === 0n);
      const current = Number(pool.commissionBps);
      const commission = random.pick([500, current + 400, current + 500]);
      return nexus.write.setCommission([pool.node as Hex, commission], asOperator);
    },
    async executeCommission() {
      const { node: peerID } = await some("Pool", ({ nextCommissionAt }) => nextCommissionAt !== 0n);
      return nexus.write.executeCommission([peerID as Hex]);
    },
    report: async () => slashing.write.report([await contradictionOf(node(), nexus.address, ++sequence)]),
    dismiss: () => slashing.write.dismiss([node().peerID], asPauser),
    execute: () => slashing.write.execute([node().peerID]),
    async score() {
      const pools = await Promise.all(nodes.map(({ peerID }) => poolOf(network, peerID).catch(() => 0)));
      const known = [...new Set(pools)].filter((pool) => pool !== 0).sort((a, b) => a - b);
      const changes = known.map((pool) => change(pool, random.integer(110)));
      return submitScores(network, backbones, [section(region(), nodeType(), ...changes)]);
    },
    open: () =>
      payments.write.open([node().peerID, session.address], {
        account: random.pick([stranger, owner]).account,
        value: gwei(),
      }),
    fund: () =>
      payments.write.fund([random.pick([stranger, owner]).account.address, node().peerID], { ...by(), value: gwei() }),
    announceExit: () => payments.write.announceExit([node().peerID], by()),
    async close() {
      const { peerID, payer } = await some("Channel", ({ closableAt }) => typeof closableAt === "bigint");
      return payments.write.close([peerID as Hex], { account: payer as Hex });
    },
    async redeem() {
      const { peerID } = node();
      return payments.write.redeem([peerID, await voucher(peerID)]);
    },
    async redeemMany() {
      const { peerID } = node();
      return payments.write.redeemMany([peerID, [await voucher(peerID), await voucher(peerID)]]);
    },
    wait: () => networkHelpers.time.increase(random.pick([3_600, DAY_S, 7 * DAY_S])),
  };
}
