// Mocha's spec reporter, which also leaves its counts in the file that SHADOWMESH_TEST_COUNTS names.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      writeFileSync(process.env.SHADOWMESH_TEST_COUNTS, JSON.stringify({ passed, failed, skipped }));
    });
  }
};
