import { expect } from "chai";
import { runCommand } from "../../scripts/run-command.ts";

/**
 * Runs a script of ours in a network namespace of its own, which `network` sets up, and reads the JSON of its last line. Where
 * no namespace can be made the test is skipped, and says so.
 */
export async function inOwnNetwork<T>(
  test: Mocha.Context,
  network: readonly string[],
  [script, ...args]: readonly [script: string, ...args: string[]],
): Promise<T> {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const inside = (command: string) =>
    runCommand("unshare", [...user, "--net", "sh", "-c", `PATH=$PATH:/sbin:/usr/sbin; ${command}`]);
  const setUp = network.join(" && ");
  if (process.platform !== "linux" || !(await inside(setUp)).ok) {
    console.warn("      ! no network namespace can be made here: skipped");
    test.skip();
  }
  const words = [process.execPath, "--disable-warning=ExperimentalWarning", script, ...args];
  const { ok, output } = await inside(`${setUp} && exec ${words.map((word) => `"${word}"`).join(" ")}`);
  expect(ok, output).to.equal(true);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as T;
}
