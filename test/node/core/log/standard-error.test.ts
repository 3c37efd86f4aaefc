import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const program = fileURLToPath(new URL("../../../harness/log-on.ts", import.meta.url));

describe("core/log on standard error", () => {
  it("does not end the process where it is a file on a full disk", async function () {
    // The disk that is always full is Linux's.
    if (process.platform !== "linux") this.skip();
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", full] });
    closeSync(full);
    const [said, [code]] = await Promise.all([text(child.stdout as Readable), once(child, "exit")]);
    expect({ said, code }).to.deep.equal({ said: "went on\n", code: 0 });
  });
});
