import { expect } from "chai";
import { applyChanges, createChangeEmitter } from "../../../node/core/change.ts";

const never = new AbortController().signal;

describe("core/change applyChanges", () => {
  it("runs at its start and after each change, one run after the other", async () => {
    const changes = createChangeEmitter();
    let [running, most, runs] = [0, 0, 0];
    const role = applyChanges(
      changes,
      async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        runs++;
      },
      (error) => expect.fail(String(error)),
    );
    await role.start(never);
    expect(runs).to.equal(1);
    changes.emit();
    changes.emit();
    await role.stop();
    expect({ runs, most }).to.deep.equal({ runs: 3, most: 1 });
    changes.emit();
    await role.stop();
    expect(runs).to.equal(3);
  });

  it("tells of a run that failed, and runs again at the next change", async () => {
    const changes = createChangeEmitter();
    const failures: unknown[] = [];
    let runs = 0;
    const failure = new Error("once");
    const apply = async () => {
      if (++runs === 1) throw failure;
    };
    const role = applyChanges(changes, apply, (error) => failures.push(error));
    await role.start(never);
    changes.emit();
    await role.stop();
    expect({ runs, failures }).to.deep.equal({ runs: 2, failures: [failure] });
  });
});
