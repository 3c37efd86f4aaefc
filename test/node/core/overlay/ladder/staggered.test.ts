import { expect } from "chai";
import { type Start, staggered } from "../../../../../node/core/overlay/ladder/staggered.ts";

const never = new AbortController().signal;
/** Longer than any test: only a failure starts the next one. */
const foreverMs = 600_000;

/** An attempt that the test ends. */
function newAttempt(name: string, log: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const start: Start<string> = (signal) => {
    log.push(`${name} starts`);
    signal.addEventListener("abort", () => {
      log.push(`${name} aborted`);
      reject(signal.reason);
    });
    return promise;
  };
  return { start, succeed: () => resolve(name), fail: () => reject(new Error(name)) };
}

describe("core/overlay/ladder/staggered", () => {
  it("starts the next one when one fails, and gives the first result", async () => {
    const log: string[] = [];
    const [a, b, c] = ["a", "b", "c"].map((name) => newAttempt(name, log)) as [TestAttempt, TestAttempt, TestAttempt];
    const result = staggered([a.start, b.start, c.start], { delayMs: foreverMs, signal: never });
    a.fail();
    b.succeed();
    expect(await result).to.equal("b");
    expect(log).to.include("b starts").and.to.not.include("c starts");
  });

  it("starts the next one beside one that takes long, and aborts it where the first succeeds", async () => {
    const log: string[] = [];
    const [a, b] = ["a", "b"].map((name) => newAttempt(name, log)) as [TestAttempt, TestAttempt];
    const watched: Start<string> = (signal) => {
      const started = b.start(signal);
      a.succeed();
      return started;
    };
    expect(await staggered([a.start, watched], { delayMs: 1, signal: never })).to.equal("a");
    expect(log).to.deep.equal(["a starts", "b starts", "b aborted"]);
  });

  for (const lettingBetterGoOn of [true, false]) {
    it(`${lettingBetterGoOn ? "lets better ones go on" : "aborts all others"} where a later one is faster`, async () => {
      const log: string[] = [];
      const [a, b] = ["a", "b"].map((name) => newAttempt(name, log)) as [TestAttempt, TestAttempt];
      b.succeed();
      const options = { delayMs: 1, signal: never, lettingBetterGoOn };
      expect(await staggered([a.start, b.start], options)).to.equal("b");
      expect(log).to.deep.equal(["a starts", "b starts", ...(lettingBetterGoOn ? [] : ["a aborted"])]);
    });
  }

  it("fails with all failures, and at once where there is nothing to try", async () => {
    const log: string[] = [];
    const [a, b] = ["a", "b"].map((name) => newAttempt(name, log)) as [TestAttempt, TestAttempt];
    const result = staggered([a.start, b.start], { delayMs: 1, signal: never }).catch((error: unknown) => error);
    a.fail();
    b.fail();
    expect(((await result) as AggregateError).errors.map(({ message }) => message)).to.deep.equal(["a", "b"]);
    const nothing = await staggered([], { delayMs: 1, signal: never }).catch((error: unknown) => error);
    expect(nothing).to.be.instanceOf(AggregateError);
  });

  it("starts nothing more once it is told to stop", async () => {
    const log: string[] = [];
    const [a, b] = ["a", "b"].map((name) => newAttempt(name, log)) as [TestAttempt, TestAttempt];
    const stop = new AbortController();
    const options = { delayMs: foreverMs, signal: stop.signal };
    const result = staggered([a.start, b.start], options).catch((error: unknown) => error);
    stop.abort();
    expect(await result).to.be.instanceOf(AggregateError);
    expect(log).to.deep.equal(["a starts", "a aborted"]);
  });
});

type TestAttempt = ReturnType<typeof newAttempt>;
