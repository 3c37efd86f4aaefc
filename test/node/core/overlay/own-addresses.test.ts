import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const script = fileURLToPath(new URL("../../../harness/public-node.ts", import.meta.url));
/** RFC 9637: reserved for documentation, and public to libp2p. */
const publicAddress = "3fff::1";

describe("core/overlay/own-addresses", () => {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const unshare = [...user, "--net"];

  before(function () {
    if (spawnSync("unshare", [...unshare, "ip", "link"]).status === 0) return;
    console.warn("      ! a network namespace can't be made here: skipped");
    this.skip();
  });

  it("announces a public address that it listens on, and one that the machine gets later", async () => {
    const { stdout } = await promisify(execFile)("unshare", [...unshare, process.execPath, script, publicAddress]);
    const [first, later] = stdout.trim().split("\n");
    expect(first).to.include(`/ip6/${publicAddress}/tcp/4100/p2p/`);
    expect(later).to.include(`/ip6/${publicAddress}1/tcp/4100/p2p/`);
  });
});
