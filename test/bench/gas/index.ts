import { concat, encodeFunctionData, encodePacked, type Hex, keccak256, parseEther, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { nodeRecordTopic, statementDomain, statementTypes } from "../../../node/core/records/statement.ts";
import { generateContracts } from "../../../scripts/generate/contracts.ts";
import {
  asOperator,
  createNode,
  EUROPE,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  publicClient,
  registerNode,
  type TestNode,
  UNBONDING_S,
} from "../../contracts/fixture.ts";
import { createRandom } from "../../harness/random.ts";
import type { Bench, Figure } from "../figures.ts";
import {
  eachOf,
  filledPeerId,
  type Market,
  NORTH_AMERICA,
  openFiller,
  openMarket,
  payers,
  spent,
  voucherOf,
} from "./market.ts";
import { channels, sharedPools } from "./pools.ts";

const nodes = 40;
const sizes = [10, 1_000, 10_000, 100_000] as const;
/** How much dearer an operation may be among 100,000 nodes than among 1,000 and still count as flat. */
const flatnessPercent = 5;
/** A batch of 100 among ever more nodes meets ever fewer of its own: the places it leaves and takes are in slots apart. */
const sparseBatchCeiling = 16_500;
/** One batch is too few: how many of its nodes take each other's places is a matter of luck. */
const batches = 5;

/** From the issue: what others published, what we allow, what we aim at. */
const bounds = {
  register: { title: "register with stake, rank and proof", peer: 116_346, floor: 150_000, aim: 125_000 },
  heartbeat: { title: "heartbeat", peer: 44_623, floor: 32_000 },
  update: { title: "update of the bandwidth", peer: 51_142, floor: 46_000, aim: 32_000 },
  move: { title: "update that moves the node to another region", floor: 95_000 },
  topUp: { title: "top-up", peer: 41_217, floor: 36_000 },
  startExit: { title: "start exit", peer: 64_941, floor: 55_000 },
  withdraw: { title: "withdraw", peer: 52_617, floor: 45_000 },
  slash: { title: "slash", peer: 270_689, floor: 100_000 },
  redeem: { title: "redeem one voucher", peer: 96_015, floor: 65_000 },
  redeemMany: { title: "redeem many, marginal", peer: 14_315, floor: 14_000 },
  scoreBatch: { title: "score batch of 100, marginal", peer: 44_900, floor: 14_000, aim: 9_000 },
  topTwenty: { title: "top 20 of 10,000, IDs, call", floor: 100_000 },
  // Nobody has set bounds for what follows.
  stake: { title: "stake on a node" },
  sharedTopUp: { title: "top-up, others stake on every other node" },
  unstake: { title: "unstake" },
  claim: { title: "claim the commission" },
  sharedStartExit: { title: "start exit, others stake on every other node" },
  withdrawUnstaked: { title: "withdraw what was unstaked" },
  sharedWithdraw: { title: "withdraw, others stake on every other node" },
  open: { title: "open a channel" },
  fund: { title: "fund a channel" },
  announceExit: { title: "announce a channel's exit" },
  close: { title: "close a channel" },
  report: { title: "report a contradiction" },
} as const;
type Operation = keyof typeof bounds;

export const bench: Bench = {
  title: "whole transactions through the proxy, 21,000 included; the maximum stands against the ceiling",
  peer: "published: SSV (register without stake), Raiden, Symbiotic, EigenLayer middleware",
  limit: "none measured",
  async run(onStep) {
    onStep("compiling, and deploying what is committed");
    await generateContracts({ check: true });
    const market = await openMarket();
    onStep(`${nodes} nodes, from registration to withdrawal`);
    const bounded = { ...(await lives(market)), ...(await redemptions(market)), ...(await slashes(market)) };
    const flat = await flatness(market, onStep);
    onStep("what has no ceiling");
    const seen = { ...bounded, ...(await sharedPools(market)), ...(await channels(market)) };
    const figures = (Object.entries(seen) as [Operation, number[]][]).flatMap(([key, gas]) => figuresOf(key, gas));
    return [...figures, ...flat];
  },
};

const average = (gas: readonly number[]) => gas.reduce((a, b) => a + b, 0) / gas.length;

function figuresOf(key: Operation, gas: readonly number[]): Figure[] {
  const { title, ...bound } = bounds[key];
  const most: Figure = { key: `${key}Max`, unit: "Gas", title: `${title}, maximum`, ours: Math.max(...gas), ...bound };
  if (gas.length === 1) return [{ ...most, key, title }];
  return [{ key: `${key}Average`, unit: "Gas", title: `${title}, average`, ours: average(gas) }, most];
}

async function lives({ nexus }: Market) {
  // The first node of a region also opens the region's books.
  await registerNode(nexus);
  const fresh = Array.from({ length: nodes }, createNode);
  const register = await eachOf(fresh, async (node) => (await registerNode(nexus, { node })).hash);
  const heartbeat = await eachOf(fresh, ({ peerID }) => nexus.write.heartbeat([peerID], asOperator));
  const update = await eachOf(fresh, ({ peerID }) =>
    nexus.write.update([peerID, LIGHT_PUBLIC, EUROPE, 200], asOperator),
  );
  const moveTo = (region: Hex) => (node: TestNode) =>
    nexus.write.update([node.peerID, LIGHT_PUBLIC, region, 200], asOperator);
  await registerNode(nexus, { region: OCEANIA });
  const move = await eachOf(fresh, moveTo(OCEANIA));
  await eachOf(fresh, moveTo(EUROPE));
  const value = parseEther("1");
  const topUp = await eachOf(fresh, ({ peerID }) => nexus.write.topUp([peerID], { ...asOperator, value }));
  const startExit = await eachOf(fresh, ({ peerID }) => nexus.write.deregister([peerID], asOperator));
  await networkHelpers.time.increase(UNBONDING_S);
  const withdraw = await eachOf(fresh, ({ peerID }) => nexus.write.withdraw([peerID], asOperator));
  return { register, heartbeat, update, move, topUp, startExit, withdraw };
}

async function redemptions(market: Market) {
  const { nexus, payments } = market;
  const { peerID } = await registerNode(nexus);
  const session = privateKeyToAccount(generatePrivateKey());
  const accounts = await payers(20);
  const wei = parseEther("1");
  for (const account of accounts) {
    await payments.write.open([peerID, session.address], { account, value: 10n * wei });
  }
  const vouchers = (cumulativeWei: bigint, count = accounts.length) =>
    Promise.all(
      accounts.slice(0, count).map(({ address }) => voucherOf(market, peerID, address, session, cumulativeWei)),
    );
  const redeem = await eachOf(await vouchers(wei), (voucher) => payments.write.redeem([peerID, voucher]));
  const ten = await spent(payments.write.redeemMany([peerID, await vouchers(2n * wei, 10)]));
  const twenty = await spent(payments.write.redeemMany([peerID, await vouchers(3n * wei)]));
  // The first one of all finds the node without earnings.
  return { redeem: redeem.slice(1), redeemMany: [(twenty - ten) / 10] };
}

async function slashes({ nexus, slashing }: Market) {
  const contents = [keccak256(toHex("one")), keccak256(toHex("other"))] as const;
  const offenders: TestNode[] = [];
  const report: number[] = [];
  for (let i = 0; i < 5; i++) {
    const node = await registerNode(nexus);
    const sign = (contentHash: Hex) =>
      node.nodeKey.signTypedData({
        domain: statementDomain({ chainId: 31337, nexusAddress: nexus.address }),
        types: statementTypes,
        primaryType: "Statement",
        message: { peerID: node.peerID, topic: nodeRecordTopic, sequence: 1n, contentHash },
      });
    const contradiction = {
      peerID: node.peerID,
      topic: nodeRecordTopic,
      sequence: 1n,
      mlDsaKeyHash: node.mlDsaKeyHash,
      firstContentHash: contents[0],
      secondContentHash: contents[1],
      firstSignature: await sign(contents[0]),
      secondSignature: await sign(contents[1]),
    };
    report.push(await spent(slashing.write.report([contradiction])));
    offenders.push(node);
  }
  await networkHelpers.time.increase(3 * 24 * 3600);
  const gas = await eachOf(offenders, ({ peerID }) => slashing.write.execute([peerID]));
  // The first one of all creates the account that coins are burnt in.
  return { report, slash: gas.slice(1) };
}

/** Moves nodes by up to five points each, in one transaction. */
async function moveScores({ nexus }: Market, ids: readonly number[], pick: (below: number) => number) {
  const changes: Hex[] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const score = await nexus.read.scoreOf([filledPeerId(id)]);
    const step = (1 + pick(5)) * (pick(2) === 0 ? -1 : 1);
    changes.push(encodePacked(["uint32", "uint8"], [id, Math.max(0, Math.min(100, score + step))]));
  }
  return spent(nexus.write.applyScores([NORTH_AMERICA, LIGHT_PUBLIC, concat(changes)]));
}

/** The same operations among ever more nodes of one region and type. */
async function flatness(market: Market, onStep: (step: string) => void): Promise<Figure[]> {
  const { nexus } = market;
  const fill = await openFiller(market);
  const { integer: pick } = createRandom(7);
  const filled: number[] = [];
  /** Numbers of nodes that are still there; what is taken is not given again. */
  const take = (count: number) =>
    Array.from({ length: count }, () => filled.splice(pick(filled.length), 1)[0] ?? Number.NaN);
  const series: Record<"register" | "rescore" | "leave" | "topTwenty", number[]> = {
    register: [],
    rescore: [],
    leave: [],
    topTwenty: [],
  };
  const scoreBatch: number[][] = [];
  for (const size of sizes) {
    onStep(`${size} nodes`);
    const { pool } = await nexus.read.poolOf([(await registerNode(nexus)).peerID]);
    const missing = size - filled.length;
    await fill(missing);
    for (let i = 1; i <= missing; i++) filled.push(pool + i);

    const samples = Math.min(20, size / 2);
    const fresh = Array.from({ length: samples }, createNode);
    const register = async (node: TestNode) => (await registerNode(nexus, { node, region: NORTH_AMERICA })).hash;
    series.register.push(average(await eachOf(fresh, register)));
    await eachOf(fresh, ({ peerID }) => nexus.write.deregister([peerID], asOperator));
    const rescore: number[] = [];
    for (let i = 0; i < samples; i++) rescore.push(await moveScores(market, [filled[pick(filled.length)] ?? 0], pick));
    series.rescore.push(average(rescore));
    const lookup = { abi: nodeNexusAbi, functionName: "getPublicLightNodes", args: [NORTH_AMERICA, 20n] } as const;
    series.topTwenty.push(
      Number(await publicClient.estimateGas({ to: nexus.address, data: encodeFunctionData(lookup) })),
    );
    if (size >= 1_000) {
      const marginal: number[] = [];
      for (let i = 0; i < batches; i++) {
        const [ten, hundred] = [take(10), take(100)];
        const fewGas = await moveScores(market, ten, pick);
        marginal.push(((await moveScores(market, hundred, pick)) - fewGas) / 90);
        filled.push(...ten, ...hundred);
      }
      scoreBatch.push(marginal);
    }
    series.leave.push(average(await eachOf(take(samples), (id) => nexus.write.deregister([filledPeerId(id)]))));
  }

  const titles = { register: "register", rescore: "re-score one", leave: "leave", topTwenty: "top 20" };
  const figures = Object.entries(titles).flatMap(([key, title]) => {
    const gas = series[key as keyof typeof series];
    const line = sizes.map((size, i): Figure => {
      return { key: `${key}Among${size}`, unit: "Gas", title: `${title} among ${size}`, ours: gas[i] ?? Number.NaN };
    });
    const [among1k = Number.NaN, among100k = Number.NaN] = [gas[1], gas[3]];
    const growth = {
      key: `${key}Growth`,
      unit: "Percent",
      title: `${title}, 100,000 against 1,000`,
      ours: (among100k / among1k - 1) * 100,
      floor: flatnessPercent,
    };
    onStep(`${title.padEnd(13)} ${drawing(gas)}`);
    return [...line, growth];
  });
  return [
    ...scoreBatch.flatMap((marginal, i): Figure[] => {
      const size = sizes[i + 1];
      const { title, ...bound } = bounds.scoreBatch;
      const line = { unit: "Gas", title: `${title}, among ${size}` } as const;
      const bounded = size === 1_000 ? bound : { floor: sparseBatchCeiling, aim: bound.floor };
      return [
        { ...line, key: `scoreBatchAmong${size}`, ours: average(marginal), ...bounded },
        {
          ...line,
          key: `scoreBatchAmong${size}Max`,
          title: `${line.title}, dearest of ${batches} batches`,
          ours: Math.max(...marginal),
        },
      ];
    }),
    ...figuresOf("topTwenty", [series.topTwenty[2] ?? Number.NaN]),
    ...figures,
  ];
}

/** A line of bars, one per size. */
function drawing(gas: readonly number[]): string {
  const most = Math.max(...gas);
  return gas
    .map((value, i) => `${sizes[i]}: ${"▇".repeat(Math.round((value / most) * 20))} ${value.toFixed(0)}`)
    .join("  ");
}
