import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { timeoutSignal } from "../../../node/core/timeout-signal.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("core/timeout-signal", () => {
  it("aborts after its time, with what AbortSignal.timeout has for a reason", async () => {
    const signal = timeoutSignal(1);
    expect(signal.aborted).to.equal(false);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    expect((signal.reason as Error).name).to.equal("TimeoutError");
  });

  it("is not kept by what it was combined with, however long that lives", async () => {
    const lasting = new AbortController();
    await untilGone(Array.from({ length: 50 }, () => combine(lasting.signal)));
    expect(lasting.signal.aborted).to.equal(false);
  });
});

/** As one who waits for an answer within a time limit: it comes, and nobody holds the signals any longer. */
function combine(lasting: AbortSignal): WeakRef<AbortSignal> {
  const answered = new AbortController();
  const limit = AbortSignal.any([lasting, timeoutSignal(1)]);
  AbortSignal.any([limit, answered.signal]).addEventListener("abort", () => undefined, { once: true });
  answered.abort();
  return new WeakRef(limit);
}

/** A reference is kept to the end of the job that read it, and what is finalised frees more. */
async function untilGone(references: readonly WeakRef<AbortSignal>[]): Promise<void> {
  const left = () => references.filter((reference) => reference.deref() !== undefined).length;
  for (let round = 0; round < 20 && left() > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collectGarbage();
  }
  expect(left()).to.equal(0);
}
