import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  asOperator,
  createNode,
  networkHelpers,
  registerNode,
  stranger,
  type TestNode,
  UNBONDING_S,
} from "../../contracts/fixture.ts";
import { eachOf, type Market, payers } from "./market.ts";

const nodes = 20;
const wei = parseEther("1");

/** What stakers do, and what an operator's calls cost where others stake on every other node. */
export async function sharedPools({ nexus }: Market) {
  const asStaker = { account: stranger.account };
  const all = Array.from({ length: nodes }, createNode);
  for (const node of all) await registerNode(nexus, { node });
  const shared = all.slice(0, nodes / 2);
  const poolOf = async ({ peerID }: TestNode) => (await nexus.read.poolOf([peerID])).pool;
  const stake = await eachOf(shared, ({ peerID }) => nexus.write.stake([peerID, 0n], { ...asStaker, value: wei }));
  const sharedTopUp = await eachOf(all, ({ peerID }) => nexus.write.topUp([peerID], { ...asOperator, value: wei }));
  const unstake = await eachOf(shared, async (node) => {
    const pool = await poolOf(node);
    const { shares } = await nexus.read.stakerOf([pool, stranger.account.address]);
    return nexus.write.unstake([pool, shares / 2n], asStaker);
  });
  for (const { peerID } of all) await nexus.write.reward([peerID], { value: wei });
  const claim = await eachOf(all, ({ peerID }) => nexus.write.claim([peerID], asOperator));
  const sharedStartExit = await eachOf(all, ({ peerID }) => nexus.write.deregister([peerID], asOperator));
  await networkHelpers.time.increase(UNBONDING_S);
  const withdrawUnstaked = await eachOf(shared, async (node) =>
    nexus.write.withdrawUnstaked([await poolOf(node), 0n], asStaker),
  );
  const sharedWithdraw = await eachOf(all, ({ peerID }) => nexus.write.withdraw([peerID], asOperator));
  return { stake, sharedTopUp, unstake, claim, sharedStartExit, withdrawUnstaked, sharedWithdraw };
}

/** A channel's life on the payer's side, of ten payers to one node. */
export async function channels({ nexus, payments }: Market) {
  const { peerID } = await registerNode(nexus);
  const { address: session } = privateKeyToAccount(generatePrivateKey());
  const accounts = await payers(10);
  const open = await eachOf(accounts, (account) => payments.write.open([peerID, session], { account, value: wei }));
  const fund = await eachOf(accounts, (account) =>
    payments.write.fund([account.address, peerID], { account, value: wei }),
  );
  const announceExit = await eachOf(accounts, (account) => payments.write.announceExit([peerID], { account }));
  await networkHelpers.time.increase(await payments.read.exitNotice());
  const close = await eachOf(accounts, (account) => payments.write.close([peerID], { account }));
  return { open, fund, announceExit, close };
}
