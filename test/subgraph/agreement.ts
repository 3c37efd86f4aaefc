import { expect } from "chai";
import { type Address, getAddress, type Hex, hexToString, zeroAddress } from "viem";
import { publicClient } from "../contracts/fixture.ts";
import type { Entity, Value } from "./host/store.ts";
import type { Network } from "./network.ts";

const nodeTypes = ["BACKBONE_AUTH", "LIGHT_PRIVATE", "LIGHT_PUBLIC"];
const hex = (value: Value | undefined) => (value ?? "0x") as Hex;
const address = (value: Value | undefined): Address => getAddress((value ?? zeroAddress) as Hex);
const big = (value: Value | undefined) => (value ?? 0n) as bigint;
const numberOf = (pool: Entity) => Number(pool.id);

/** Compares every entity with what the contracts' own views say at this moment. */
export async function expectAgreement(network: Network): Promise<void> {
  await network.indexer.catchUp();
  expect(network.indexer.store.dangling()).to.deep.equal([]);
  await compareRegistry(network);
  await compareRegions(network);
  for (const node of network.indexer.store.all("Node")) await compareNode(network, node);
  for (const pool of network.indexer.store.all("Pool")) await comparePool(network, pool);
  for (const staker of network.indexer.store.all("Staker")) await compareStaker(network, staker);
  await comparePayments(network);
  for (const channel of network.indexer.store.all("Channel")) await compareChannel(network, channel);
  await compareScores(network);
  await compareReports(network);
  await compareDays(network);
}

async function compareRegistry({ nexus, indexer }: Network) {
  const registry = indexer.store.get("Registry", "nexus") ?? {};
  expect({
    address: address(registry.address),
    owner: address(registry.owner),
    pauser: address(registry.pauser),
    scorer: address(registry.scorer),
    slasher: address(registry.slasher),
    paused: registry.paused,
    minimums: [registry.backboneMinimum, 0n, registry.publicMinimum],
    periods: [registry.unbondingPeriod, registry.longestUnbondingPeriod],
    price: registry.relayPricePerGiB,
    backbones: registry.activeBackbones,
    // All coins that the contract holds, told apart.
    balance: big(registry.stake) + big(registry.unbonding) + big(registry.commission) - big(registry.claimed),
  }).to.deep.equal({
    address: getAddress(nexus.address),
    owner: await nexus.read.owner(),
    pauser: await nexus.read.pauser(),
    scorer: await nexus.read.scorer(),
    slasher: await nexus.read.slasher(),
    paused: await nexus.read.paused(),
    minimums: await Promise.all([0, 1, 2].map((nodeType) => nexus.read.minimumStake([nodeType]))),
    periods: [await nexus.read.unbondingPeriod(), await nexus.read.longestUnbondingPeriod()],
    price: await nexus.read.relayPricePerGiB(),
    backbones: Number(await nexus.read.backboneCount()),
    balance: await publicClient.getBalance({ address: nexus.address }),
  });
  for (const operator of indexer.store.all("Operator")) {
    const approved = await nexus.read.isApprovedBackbone([address(operator.id)]);
    expect(operator.approvedBackbone, `Operator ${operator.id}`).to.equal(approved);
  }
}

async function compareRegions({ nexus, indexer }: Network) {
  const regions = indexer.store.all("Region");
  const totals = await nexus.read.regionTotals();
  expect(regions).to.have.lengthOf(totals.length);
  for (const { region, open, nodes, bandwidthMbps } of totals) {
    const stakes = await Promise.all(
      [0, 1, 2].map(async (nodeType) => (await nexus.read.stakeIn([region, nodeType, 0n, 1_000n]))[0]),
    );
    const [backbones, privateNodes, publicNodes] = nodes.map(Number);
    expect(indexer.store.get("Region", region)).to.deep.include({
      name: hexToString(region, { size: 32 }),
      open,
      backbones,
      privateNodes,
      publicNodes,
      bandwidthMbps: bandwidthMbps.reduce((sum, ofType) => sum + ofType, 0n),
      stake: stakes.reduce((sum, ofType) => sum + ofType, 0n),
    });
  }
  expect(indexer.store.get("Registry", "nexus")).to.deep.include({
    activeNodes: totals.reduce((sum, { nodes }) => sum + nodes.map(Number).reduce((a, b) => a + b), 0),
    bandwidthMbps: regions.reduce((sum, region) => sum + big(region.bandwidthMbps), 0n),
  });
}

async function compareNode({ nexus, indexer }: Network, node: Entity) {
  const peerID = hex(node.id);
  const known = await nexus.read.nodes([peerID]);
  const registered = node.status !== "WITHDRAWN";
  expect(known.operator !== zeroAddress, `Node ${peerID}`).to.equal(registered);
  if (!registered) return;
  const pool = indexer.store.get("Pool", String(node.pool));
  const [amount, availableAt] = await nexus.read.unbondingOf([peerID]);
  const unbonding = node.status === "UNBONDING";
  expect(
    {
      operator: address(node.operator),
      nodeType: nodeTypes.indexOf(String(node.nodeType)),
      region: node.region,
      bandwidthMbps: Number(node.bandwidthMbps),
      stake: pool?.stake,
      active: !unbonding,
      score: node.score,
      endpoint: node.endpoint,
      availableAt: big(node.availableAt),
      pool: Number(node.pool),
      payable: unbonding ? worth(pool, big(pool?.operatorShares)) : 0n,
    },
    `Node ${peerID}`,
  ).to.deep.equal({
    operator: known.operator,
    nodeType: known.nodeType,
    region: known.region,
    bandwidthMbps: known.bandwidthMbps,
    stake: known.stake,
    active: known.active,
    score: await nexus.read.scoreOf([peerID]),
    endpoint: await nexus.read.endpointOf([peerID]),
    availableAt,
    pool: (await nexus.read.poolOf([peerID])).pool,
    payable: amount,
  });
}

async function comparePool({ nexus }: Network, pool: Entity) {
  const closed = pool.closed === true;
  const known = await nexus.read.poolAt([numberOf(pool)]);
  expect(
    {
      peerID: pool.node,
      operator: closed ? zeroAddress : address(pool.operator),
      beneficiary: closed ? zeroAddress : address(pool.beneficiary ?? pool.operator),
      stake: pool.stake,
      shares: pool.shares,
      operatorShares: pool.operatorShares,
      unbonding: pool.unbonding,
      earnings: pool.earnings,
      commissionBps: closed ? 0 : pool.commissionBps,
      nextCommissionBps: pool.nextCommissionBps,
      nextCommissionAt: pool.nextCommissionAt,
      frozenUntil: pool.frozenUntil,
      pool: numberOf(pool),
    },
    `Pool ${pool.id}`,
  ).to.deep.equal(known);
}

/** As the head of the schema tells its readers. */
const worth = (pool: Entity | undefined, shares: bigint) =>
  (shares * (big(pool?.stake) + 1n)) / (big(pool?.shares) + 1_000_000n);

async function compareStaker({ nexus, indexer }: Network, staker: Entity) {
  const pool = indexer.store.get("Pool", String(staker.pool)) ?? {};
  const account = address(staker.account);
  const isOperator = !pool.closed && pool.operator === staker.account;
  const shares = big(isOperator ? pool.operatorShares : staker.shares);
  const open = [staker.openUnbondings ?? []].flat().map((id) => indexer.store.get("Unbonding", String(id)) ?? {});
  const listed = indexer.store
    .all("Unbonding")
    .filter((unbonding) => unbonding.staker === staker.id && unbonding.status === "OPEN");
  expect(open, `unbondings of ${staker.id}`).to.have.same.members(listed);
  expect(
    {
      shares,
      stake: worth(pool, shares),
      unbondings: open.map(({ amount, survival, availableAt }) => ({
        amount: (big(amount) * big(pool.survival)) / big(survival),
        availableAt,
      })),
    },
    `Staker ${staker.id}`,
  ).to.deep.equal(await nexus.read.stakerOf([numberOf(pool), account]));
}

async function comparePayments({ payments, indexer }: Network) {
  const known = indexer.store.get("Payments", "payments") ?? {};
  expect(address(known.owner)).to.equal(await payments.read.owner());
  expect(big(known.deposited) - big(known.redeemed) - big(known.refunded)).to.equal(
    await publicClient.getBalance({ address: payments.address }),
  );
  const channels = indexer.store.all("Channel");
  expect(known).to.deep.include({
    channels: channels.length,
    openChannels: channels.filter(({ status }) => status === "OPEN").length,
  });
}

async function compareChannel({ payments, indexer }: Network, channel: Entity) {
  const known = await payments.read.channelOf([address(channel.payer), hex(channel.peerID)]);
  const open = channel.status === "OPEN";
  // A payer's later channel to the same node hides an earlier one.
  if (known.id !== channel.id) {
    expect(open, `Channel ${channel.id}`).to.equal(false);
    return;
  }
  const redemptions = indexer.store.all("Redemption").filter((redemption) => redemption.channel === channel.id);
  expect(redemptions.reduce((sum, { amount }) => sum + big(amount), 0n)).to.equal(channel.redeemed);
  expect(
    {
      id: channel.id,
      payer: address(channel.payer),
      peerID: channel.peerID,
      number: Number(channel.number),
      sessionKey: address(channel.sessionKey),
      deposited: open ? channel.deposited : 0n,
      redeemed: open ? channel.redeemed : 0n,
      closableAt: big(channel.closableAt),
    },
    `Channel ${channel.id}`,
  ).to.deep.equal(known);
}

async function compareScores({ reputation, indexer }: Network) {
  const epochs = indexer.store
    .all("Epoch")
    .filter((epoch) => address(epoch.reputation) === getAddress(reputation.address));
  for (const { number, evidenceRoot } of epochs) {
    expect(evidenceRoot).to.equal(await reputation.read.evidenceRoots([big(number)]));
  }
  const last = epochs.reduce((latest, { number }) => (big(number) > latest ? big(number) : latest), 0n);
  expect(last).to.equal(await reputation.read.lastEpoch());
  for (const node of indexer.store.all("Node")) {
    const changes = indexer.store.all("ScoreChange").filter((change) => change.pool === node.pool);
    if (changes.length > 0) expect(changes.at(-1)?.to, `scores of ${node.id}`).to.equal(node.score);
  }
}

async function compareReports({ slashing, indexer }: Network) {
  for (const node of indexer.store.all("Node")) {
    const reports = [node.openReports ?? []].flat().map((id) => indexer.store.get("Report", String(id)) ?? {});
    const open = reports.find((report) => address(report.slashing) === getAddress(slashing.address));
    expect({ reporter: address(open?.reporter), executableAt: big(open?.executableAt) }).to.deep.equal(
      await slashing.read.reportOf([hex(node.id)]),
    );
  }
}

/** What happened on all days together is what there is. */
async function compareDays({ indexer }: Network) {
  const days = indexer.store.all("Day");
  const sum = (name: string) => days.reduce((total, day) => total + BigInt(String(day[name] ?? 0)), 0n);
  const registry = indexer.store.get("Registry", "nexus") ?? {};
  const payments = indexer.store.get("Payments", "payments") ?? {};
  expect({
    active: sum("registered") - sum("deregistered"),
    stake: sum("staked") + sum("rewardsToStake") - sum("unstaked") - sumOf(indexer.store.all("Slash"), "fromStake"),
    commission: sum("commission"),
    claimed: sum("claimed"),
    slashed: sum("slashed"),
    burnt: sum("burnt"),
    deposited: sum("deposited"),
    redeemed: sum("redeemed"),
    refunded: sum("refunded"),
    redemptions: sum("redemptions"),
    scoreChanges: sum("scoreChanges"),
  }).to.deep.equal({
    active: BigInt(Number(registry.activeNodes)),
    stake: registry.stake,
    commission: registry.commission,
    claimed: registry.claimed,
    slashed: registry.slashed,
    burnt: registry.burnt,
    deposited: payments.deposited,
    redeemed: payments.redeemed,
    refunded: payments.refunded,
    redemptions: BigInt(indexer.store.all("Redemption").length),
    scoreChanges: BigInt(indexer.store.all("ScoreChange").length),
  });
}

const sumOf = (entities: readonly Entity[], name: string) =>
  entities.reduce((total, entity) => total + big(entity[name]), 0n);
