import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";

const report = new URL("../../../node/cli/report.ts", import.meta.url).href;

/** What a process of its own prints about something that was thrown, given as source text. */
async function printed(thrown: string): Promise<string> {
  const code = `import { reportFailure } from ${JSON.stringify(report)}; process.exitCode = reportFailure(${thrown}, false) - 1;`;
  const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code]);
  return stderr;
}

describe("cli/report", function () {
  this.timeout(120_000);
  this.slow(10_000);

  it("shows what was thrown also where it is no Error, such as the bare objects of WebAssembly modules", async () => {
    expect(await printed(`{ name: "ErrnoError", errno: 51 }`)).to.match(/^✗ \{ name: 'ErrnoError', errno: 51 \}\n/);
    expect(await printed(`"no more paper"`)).to.match(/^✗ no more paper\n/);
    expect(await printed("undefined")).to.match(/^✗ undefined\n/);
  });

  it("shows where an Error that nobody expected comes from, and its cause", async () => {
    const text = await printed(`new Error("the printer burns", { cause: new Error("a spark") })`);
    expect(text)
      .to.match(/^✗ Error: the printer burns\n\s+at /)
      .and.to.include("a spark");
  });
});
