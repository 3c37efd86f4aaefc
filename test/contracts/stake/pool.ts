import { type Hex, parseEther } from "viem";
import { asOperator, emptyNexus, type Nexus, networkHelpers, registerNode, stranger, UNBONDING_S } from "../fixture.ts";

export const SHM = parseEther("1");
/** Shares that a wei buys while nothing was gained or lost. */
export const PER_WEI = 10n ** 6n;

/** A public node with a commission of 10 %, and its pool. */
export async function openPool() {
  const { nexus } = await emptyNexus();
  const { peerID } = await registerNode(nexus);
  await nexus.write.setCommission([peerID, 1_000], asOperator);
  const { pool } = await nexus.read.poolOf([peerID]);
  return { nexus, peerID, pool };
}
export const loadPool = () => networkHelpers.loadFixture(openPool);
export const stakeOn = (nexus: Nexus, peerID: Hex, value: bigint, account = stranger.account) =>
  nexus.write.stake([peerID, 0n], { account, value });
export const stakeOf = async (nexus: Nexus, pool: number, account = stranger.account) =>
  (await nexus.read.stakerOf([pool, account.address])).stake;
export const passUnbonding = () => networkHelpers.time.increase(UNBONDING_S);
