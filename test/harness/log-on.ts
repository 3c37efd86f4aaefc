import { setTimeout as delay } from "node:timers/promises";
import { createLog } from "../../node/core/log/index.ts";

// A process that logs on standard error, and says so on standard output if it still can.
const log = createLog({ level: "info" });
for (let line = 0; line < 3; line++) {
  log.info("a line");
  await delay(20);
}
console.log("went on");
