import { expect } from "chai";
import { parseEther } from "viem";
import { sharesFor, worthOf } from "../../../../app/_shared/chain/pool-math.ts";
import type { HistoryLog } from "../../../../app/_shared/chain/use-history.ts";
import { type PoolSeen, rewardsOf } from "../../../../app/stake/_hooks/rewards.ts";

const [alice, bob, eve] = [1, 2, 3].map((digit) => `0x${String(digit).repeat(40)}`) as [string, string, string];
const [node, another] = [`0x${"ab".repeat(20)}`, `0x${"cd".repeat(20)}`];
const million = 10n ** 6n;
const full = 10n ** 18n;
const shm = (amount: string) => parseEther(amount);

/** What an account should have been told of. */
interface Truth {
  kind: "reward" | "penalty";
  account: string;
  wei: bigint;
}

/** A pool as StakePools.sol keeps it, which writes down events as the contract does. */
function createPool(pool: number, peerId: string, operator: string, deposit: bigint, logs: HistoryLog[]) {
  const book = { stake: deposit, shares: deposit * million };
  const held = new Map([[operator, deposit * million]]);
  const waiting: { account: string; wei: bigint; survival: bigint }[] = [];
  const truths: Truth[] = [];
  let [open, leaving, survival] = [true, 0n, full];

  function write(eventName: string, args: Record<string, unknown>) {
    // Two events a block.
    const blockNumber = BigInt(logs.length >> 1);
    logs.push({ eventName, args, blockNumber, logIndex: logs.length, transactionHash: "0x" } as never);
  }
  const sharesOf = (account: string) => held.get(account) ?? 0n;
  const isAlone = () => open && sharesOf(operator) === book.shares;
  /** Where only the operator holds shares, none are written down. */
  function save() {
    if (!isAlone()) return;
    book.shares = book.stake * million;
    held.set(operator, book.shares);
  }
  function mint(account: string, wei: bigint): bigint {
    const shares = sharesFor(book, wei);
    book.stake += wei;
    book.shares += shares;
    held.set(account, sharesOf(account) + shares);
    save();
    return shares;
  }
  const worth = (account: string) =>
    isAlone() && account === operator ? book.stake : worthOf(book, sharesOf(account));
  const unbondingOf = (account: string) =>
    waiting.reduce(
      (sum, { wei, survival: then, account: of }) => sum + (of === account ? (wei * survival) / then : 0n),
      0n,
    );
  function telling(kind: Truth["kind"], change: () => void) {
    const accounts = [alice, bob, eve];
    const before = accounts.map((account) => worth(account) + unbondingOf(account));
    change();
    save();
    for (const [index, account] of accounts.entries()) {
      const wei = worth(account) + unbondingOf(account) - (before[index] ?? 0n);
      if (wei !== 0n) truths.push({ kind, account, wei: wei < 0n ? -wei : wei });
    }
  }
  write("NodeRegistered", { peerID: peerId, operator, stake: deposit });
  return {
    truths,
    sharesOf,
    waitingOf: (account: string) => waiting.findIndex((unbonding) => unbonding.account === account),
    stake(account: string, amount: bigint) {
      write("Staked", { pool, account, amount, shares: mint(account, amount) });
    },
    topUp(amount: bigint) {
      if (isAlone()) {
        book.stake += amount;
        save();
      } else write("Staked", { pool, account: operator, amount, shares: mint(operator, amount) });
      write("StakeAdded", { peerID: peerId, amount });
    },
    unstake(account: string, shares: bigint) {
      const amount = worthOf(book, shares);
      book.stake -= amount;
      book.shares -= shares;
      held.set(account, sharesOf(account) - shares);
      save();
      waiting.push({ account, wei: amount, survival });
      leaving += amount;
      write("Unstaked", { pool, account, index: 0n, amount, shares, availableAt: 0n });
    },
    /** Ends an unbonding: pays it out, or stakes it again. */
    end(index: number, how: "UnstakedWithdrawn" | "Rebonded") {
      const [unbonding] = waiting.splice(index, 1);
      if (!unbonding) throw new Error("nothing unbonds");
      const amount = (unbonding.wei * survival) / unbonding.survival;
      leaving -= amount;
      const shares = how === "Rebonded" ? mint(unbonding.account, amount) : 0n;
      write(how, { pool, account: unbonding.account, index: 0n, amount, shares });
    },
    reward(toStake: bigint) {
      telling("reward", () => {
        book.stake += toStake;
      });
      write("Rewarded", { peerID: peerId, commission: 7n, toStake });
    },
    slash(bps: bigint) {
      const fromStake = (book.stake * bps) / 10_000n;
      const before = leaving;
      telling("penalty", () => {
        book.stake -= fromStake;
        const remains = (survival * (10_000n - bps)) / 10_000n;
        leaving = (leaving * remains + survival - 1n) / survival;
        survival = remains;
      });
      write("NodeSlashed", { peerID: peerId, fromStake, fromUnbonding: before - leaving });
    },
    close() {
      const amount = isAlone() ? book.stake : worthOf(book, sharesOf(operator));
      book.stake -= amount;
      book.shares -= sharesOf(operator);
      held.set(operator, 0n);
      open = false;
      write("StakeWithdrawn", { peerID: peerId, operator, amount });
    },
    seenBy: (account: string): PoolSeen => ({
      pool,
      peerId,
      operator: open ? operator : null,
      ...book,
      operatorShares: open ? sharesOf(operator) : 0n,
      unbonding: leaving,
      mine: { shares: sharesOf(account), unbonding: unbondingOf(account) },
    }),
  };
}

/** A few wei of rounding. */
function expectAbout(told: readonly { kind: string; wei: bigint }[], truths: readonly { kind: string; wei: bigint }[]) {
  expect(told.map(({ kind }) => kind)).to.deep.equal(truths.map(({ kind }) => kind));
  for (const [index, { wei }] of told.entries()) {
    const off = wei - (truths[index]?.wei ?? 0n);
    expect(off < 100n && off > -100n, `${wei} for ${truths[index]?.wei}`).to.equal(true);
  }
}

describe("app/stake/rewards", () => {
  it("gives an account the part of a reward that its shares were of all, when it came", () => {
    const logs: HistoryLog[] = [];
    const pool = createPool(3, node, alice, shm("100"), logs);
    pool.stake(bob, shm("50"));
    pool.reward(shm("13.5"));
    pool.stake(eve, shm("54.5"));
    pool.reward(shm("6"));
    pool.unstake(bob, pool.sharesOf(bob) / 2n);
    pool.reward(shm("3"));
    const told = rewardsOf(logs, bob.toUpperCase().replace("0X", "0x"), [pool.seenBy(bob)]);
    expectAbout(
      told,
      pool.truths.filter(({ account }) => account === bob),
    );
    expect(told[0]).to.deep.include({ kind: "reward", pool: 3, peerId: node, shares: 0n, blockNumber: 1n });
    expect((told[0]?.wei ?? 0n) - shm("4.5") > -100n).to.equal(true);
  });

  it("tells what a penalty took from stake and from what unbonds", () => {
    const logs: HistoryLog[] = [];
    const pool = createPool(3, node, alice, shm("100"), logs);
    pool.stake(bob, shm("50"));
    pool.unstake(bob, pool.sharesOf(bob) / 5n);
    pool.slash(5_000n);
    const [penalty] = rewardsOf(logs, bob, [pool.seenBy(bob)]);
    expectAbout(penalty ? [penalty] : [], [{ kind: "penalty", wei: shm("25") }]);
  });

  it("takes events by their place within a block, however they are given", () => {
    const logs: HistoryLog[] = [];
    const pool = createPool(3, node, alice, shm("100"), logs);
    pool.topUp(shm("1"));
    pool.stake(bob, shm("50"));
    pool.reward(shm("9"));
    expect(new Set(logs.slice(2).map(({ blockNumber }) => blockNumber)).size).to.equal(1);
    const seen = pool.seenBy(bob);
    expect(rewardsOf([...logs].reverse(), bob, [seen])).to.deep.equal(rewardsOf(logs, bob, [seen]));
  });

  it("tells nothing of what was before the first event that was read, and the rest alike", () => {
    const logs: HistoryLog[] = [];
    const pool = createPool(3, node, alice, shm("100"), logs);
    pool.stake(bob, shm("50"));
    pool.reward(shm("9"));
    pool.stake(eve, shm("10"));
    pool.reward(shm("12"));
    const [, second] = rewardsOf(logs, bob, [pool.seenBy(bob)]);
    expect(rewardsOf(logs.slice(-1), bob, [pool.seenBy(bob)])).to.deep.equal([second]);
  });

  it("tells an account that has left a pool what it got there, also where the node has left too", () => {
    const logs: HistoryLog[] = [];
    const pool = createPool(3, node, alice, shm("100"), logs);
    pool.stake(bob, shm("50"));
    pool.reward(shm("9"));
    pool.close();
    pool.unstake(bob, pool.sharesOf(bob));
    pool.end(0, "UnstakedWithdrawn");
    for (const account of [alice, bob]) {
      const told = rewardsOf(logs, account, [pool.seenBy(account)]);
      expectAbout(
        told,
        pool.truths.filter((truth) => truth.account === account),
      );
    }
  });

  it("keeps apart the pools of a peer ID that came again, and other nodes", () => {
    const logs: HistoryLog[] = [];
    const first = createPool(3, node, alice, shm("100"), logs);
    first.stake(bob, shm("50"));
    first.reward(shm("9"));
    first.close();
    const other = createPool(4, another, alice, shm("10"), logs);
    other.reward(shm("1"));
    const second = createPool(5, node, eve, shm("100"), logs);
    second.stake(bob, shm("100"));
    second.reward(shm("2"));
    first.unstake(bob, first.sharesOf(bob));
    const told = rewardsOf(logs, bob, [first.seenBy(bob), second.seenBy(bob)]);
    expect(told.map(({ pool }) => pool)).to.deep.equal([3, 5]);
    expectAbout(told, [
      { kind: "reward", wei: shm("3") },
      { kind: "reward", wei: shm("1") },
    ]);
  });

  it("agrees with the contract's arithmetic over hundreds of events, for stakers and operator", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const logs: HistoryLog[] = [];
    const pool = createPool(3, node, alice, shm("100"), logs);
    for (let step = 0; step < 400; step++) {
      const account = [bob, eve][random(2)] ?? bob;
      const held = pool.sharesOf(account);
      const index = pool.waitingOf(account);
      const wei = BigInt(1 + random(1_000_000)) * 10n ** 12n;
      const what = random(9);
      if (what === 0) pool.stake(account, wei);
      // All of it as often as a part, so that the operator is alone again and again.
      else if (what < 4 && held > 0n) pool.unstake(account, random(2) ? held : held / 3n);
      else if (what === 4 && index >= 0) pool.end(index, random(2) ? "Rebonded" : "UnstakedWithdrawn");
      else if (what === 5) pool.topUp(wei);
      else if (what === 6 && random(10) === 0) pool.slash(1_000n);
      else pool.reward(wei);
    }
    for (const account of [alice, bob, eve]) {
      const told = rewardsOf(logs, account, [pool.seenBy(account)]);
      const truths = pool.truths.filter((truth) => truth.account === account);
      expect(truths.length).to.be.greaterThan(20);
      expectAbout(told, truths);
    }
  });
});
