// Mocha's spec reporter, which also leaves its counts and what failed in the file that SHADOWMESH_TEST_COUNTS names, and
// does not wait for ever where a test has left something open.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

const graceMs = 10_000;

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on("fail", (test, error) => failures.push(`${test.fullTitle()}\n${error?.stack ?? error}`));
    runner.once("end", () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const save = (counts) =>
        writeFileSync(process.env.SHADOWMESH_TEST_COUNTS, JSON.stringify({ ...counts, failures }));
      save({ passed, failed, skipped });
      const giveUp = () => {
        const open = Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name));
        const list = open.map(([name, all]) => `${all.length} ${name}`).join(", ");
        const message = `The tests are over, but something is still open: ${list}`;
        console.error(`✗ ${message}`);
        failures.push(message);
        // Mocha sets the exit code by its own count, so ours says it.
        save({ passed, failed: failed + 1, skipped });
        process.exit(1);
      };
      setTimeout(giveUp, graceMs).unref();
    });
  }
};
