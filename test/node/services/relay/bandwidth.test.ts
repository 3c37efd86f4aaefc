import { expect } from "chai";
import type { Hex } from "viem";
import { type BandwidthLimits, type Clock, createBandwidth } from "../../../../node/services/relay/bandwidth.ts";
import { createRandom, type Random } from "../../../harness/random.ts";

const maxPiece = 64 * 1024;
/** What a cap may be ahead by: its burst of 20 ms, and the piece that goes last. */
const ahead = (bytesPerSecond: number) => 0.02 * bytesPerSecond + maxPiece;
const unlimited: BandwidthLimits = { maxBytesPerSecond: null, maxBytesPerSecondPerPeer: null, schedule: [] };
const clientOf = (n: number): Hex => `0x${n.toString(16).padStart(40, "0")}`;

/** Time that passes when the test says so. */
function createTestClock(startMs = 0) {
  let nowMs = startMs;
  const timers = new Set<{ atMs: number; run: () => void }>();
  const clock: Clock = {
    now: () => nowMs,
    after(ms, run) {
      const timer = { atMs: nowMs + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  /** Runs what is due until then, and lets those who waited for it go on. */
  const advance = async (ms: number) => {
    const endMs = nowMs + ms;
    for (;;) {
      const due = [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      nowMs = due.atMs;
      timers.delete(due);
      due.run();
      await new Promise(setImmediate);
    }
    nowMs = endMs;
  };
  return { clock, advance };
}

/** Clients that always want more, on so many pipes each, in pieces of random size. */
async function run(limits: BandwidthLimits, pipes: readonly number[], seconds: number, random: Random) {
  const { clock, advance } = createTestClock();
  const bandwidth = createBandwidth(limits, clock);
  const passed = pipes.map(() => 0);
  let running = true;
  const pump = async (client: number) => {
    while (running) {
      const bytes = 1 + random.integer(maxPiece);
      await bandwidth.take(clientOf(client), bytes);
      passed[client] = (passed[client] ?? 0) + bytes;
    }
  };
  for (const [client, count] of pipes.entries()) for (let pipe = 0; pipe < count; pipe++) void pump(client);
  const seen: number[][] = [];
  for (let second = 0; second < seconds; second++) {
    await advance(1000);
    seen.push([...passed]);
  }
  running = false;
  bandwidth.stop();
  return seen;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("services/relay/bandwidth", () => {
  it("holds nothing back, and keeps nothing in mind, without a cap", () => {
    const bandwidth = createBandwidth(unlimited, createTestClock().clock);
    for (let round = 0; round < 1000; round++) expect(bandwidth.take(clientOf(round), 2 ** 30)).to.equal(undefined);
  });

  it("never lets more through than the cap, uses all of it, and gives no client less than its share", async () => {
    const random = createRandom(80);
    for (let round = 0; round < 12; round++) {
      const cap = 200_000 + random.integer(5_000_000);
      const pipes = Array.from({ length: 2 + random.integer(6) }, () => 1 + random.integer(16));
      const seen = await run({ ...unlimited, maxBytesPerSecond: cap }, pipes, 5, random);
      seen.forEach((passed, second) => {
        const allowed = cap * (second + 1);
        expect(sum(passed)).to.be.within(allowed - ahead(cap), allowed + ahead(cap));
        for (const bytes of passed) expect(bytes).to.be.at.least(allowed / pipes.length - ahead(cap) - 2 * maxPiece);
      });
    }
  });

  it("keeps each client under its own cap, and gives what one may not take to the others", async () => {
    const random = createRandom(81);
    for (let round = 0; round < 12; round++) {
      const perPeer = 100_000 + random.integer(1_000_000);
      const pipes = Array.from({ length: 2 + random.integer(5) }, () => 1 + random.integer(4));
      const cap = Math.floor(perPeer * pipes.length * (0.5 + random.integer(100) / 100));
      const limits = { ...unlimited, maxBytesPerSecond: cap, maxBytesPerSecondPerPeer: perPeer };
      const passed = (await run(limits, pipes, 5, random)).at(-1) ?? [];
      const fair = 5 * Math.min(perPeer, cap / pipes.length);
      for (const bytes of passed) {
        expect(bytes).to.be.at.most(5 * perPeer + ahead(perPeer));
        expect(bytes).to.be.at.least(fair - ahead(cap) - 2 * maxPiece);
      }
      expect(sum(passed)).to.be.at.most(5 * cap + ahead(cap));
    }
  });

  it("lets a client that wants little go before those that want all", async () => {
    const { clock, advance } = createTestClock();
    const bandwidth = createBandwidth({ ...unlimited, maxBytesPerSecond: 1_000_000 }, clock);
    const greedy = Array.from({ length: 100 }, () => bandwidth.take(clientOf(1), 50_000));
    expect(greedy.filter((held) => held !== undefined)).to.have.length(99);
    let passed = false;
    void bandwidth.take(clientOf(2), 1_000)?.then(() => {
      passed = true;
    });
    await advance(120);
    expect(passed).to.equal(true);
    bandwidth.stop();
    await Promise.all(greedy);
  });

  it("lets one client go while another waits for its own cap", async () => {
    const { clock, advance } = createTestClock();
    const bandwidth = createBandwidth({ ...unlimited, maxBytesPerSecondPerPeer: 1000 }, clock);
    expect(bandwidth.take(clientOf(1), 60_000)).to.equal(undefined);
    const held = bandwidth.take(clientOf(1), 1);
    expect(held).not.to.equal(undefined);
    expect(bandwidth.take(clientOf(2), 60_000)).to.equal(undefined);
    await advance(61_000);
    await held;
  });

  it("takes other caps at once: what the former ones held back goes on, and what comes next is held by the new ones", async () => {
    const { clock, advance } = createTestClock();
    const bandwidth = createBandwidth({ ...unlimited, maxBytesPerSecond: 1024 }, clock);
    expect(bandwidth.take(clientOf(1), maxPiece)).to.equal(undefined);
    const held = [bandwidth.take(clientOf(1), maxPiece), bandwidth.take(clientOf(2), maxPiece)];
    expect(held).not.to.include(undefined);
    await advance(1000);
    bandwidth.limit(unlimited);
    await Promise.all(held);
    expect(bandwidth.take(clientOf(1), 2 ** 30)).to.equal(undefined);

    bandwidth.limit({ ...unlimited, maxBytesPerSecondPerPeer: 1000 });
    expect(bandwidth.take(clientOf(1), 1_000)).to.equal(undefined);
    let passed = false;
    const last = bandwidth.take(clientOf(1), 1)?.then(() => {
      passed = true;
    });
    await advance(900);
    expect(passed).to.equal(false);
    await advance(200);
    await last;
    expect(passed).to.equal(true);
  });

  it("follows the schedule, past midnight too", () => {
    const at = (hours: number, minutes: number) => new Date(2026, 10, 21, hours, minutes).getTime();
    const schedule = [
      { from: "22:00", to: "06:00", maxBytesPerSecond: null },
      { from: "12:00", to: "13:30", maxBytesPerSecond: 1000 },
    ];
    for (const [time, isHeld] of [
      [at(21, 59), true],
      [at(22, 0), false],
      [at(0, 0), false],
      [at(5, 59), false],
      [at(6, 0), true],
      [at(12, 0), true],
    ] as const) {
      const bandwidth = createBandwidth(
        { ...unlimited, maxBytesPerSecond: 500_000, schedule },
        createTestClock(time).clock,
      );
      bandwidth.take(clientOf(1), 60_000);
      expect(bandwidth.take(clientOf(1), 1) !== undefined, new Date(time).toString()).to.equal(isHeld);
      bandwidth.stop();
    }
  });
});
