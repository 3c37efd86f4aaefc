import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import type { NatAnswer } from "../../harness/nat-questions.ts";

const script = fileURLToPath(new URL("../../harness/nat-inside.ts", import.meta.url));
const pairs = [
  "cone:cone=punched",
  "symmetric:symmetric=PUNCH_SYMMETRIC",
  "cone:symmetric=PUNCH_UNANSWERED",
  "udp-blocked:cone=PUNCH_UDP_BLOCKED",
];

/** Real nodes in network namespaces, a router with a NAT before each; the whole matrix takes minutes (`npm run lab -- nat`). */
describe("lab/nat: punching", () => {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const unshare = [...user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  let folder: string;
  let results: Record<string, NatAnswer>;

  before(async function () {
    const tools = "ip link && nft list tables && mount -t tmpfs tmpfs /run";
    if (spawnSync("unshare", [...unshare, "sh", "-c", tools]).status !== 0) {
      console.warn(
        "      ! network namespaces with routers can't be made here (needs ip, nft, and the right): skipped",
      );
      return this.skip();
    }
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), "shadowmesh-punch-"));
    const args = [...unshare, process.execPath, "--disable-warning=ExperimentalWarning", script, folder, ...pairs];
    const { stdout } = await promisify(execFile)("unshare", args);
    results = JSON.parse(stdout);
  });
  after(() => rm(folder ?? "", { recursive: true, force: true }));

  it("moves a relayed connection of two nodes behind cone NATs to a direct one", () => {
    expect(results["cone:cone"]?.paths).to.deep.equal(["relayed", "punched"]);
    expect(results["cone:cone"]?.address).to.match(/^\/ip6\/3fff:1::[0-9a-f]+\/udp\/4103\/p2p\//);
  });

  it("learns from two nodes what each NAT makes of its port", () => {
    expect(results["cone:cone"]?.mapping?.kind).to.equal("endpoint-independent");
    expect(results["cone:cone"]?.mapping?.addresses).to.have.length(1);
    expect(results["symmetric:symmetric"]?.mapping?.kind).to.equal("address-dependent");
    expect(results["udp-blocked:cone"]?.mapping).to.deep.equal({ kind: "blocked", addresses: [] });
  });

  it("closes the direct connection once nothing comes through it, so that the peer is reached through the relay again", () => {
    expect(results["cone:cone lost"]?.paths).to.deep.equal(["relayed"]);
  });

  it("says why two nodes stay relayed", () => {
    expect(results["symmetric:symmetric"]?.error).to.equal("PUNCH_SYMMETRIC");
    expect(results["cone:symmetric"]?.error).to.equal("PUNCH_UNANSWERED");
    expect(results["udp-blocked:cone"]?.error).to.equal("PUNCH_UDP_BLOCKED");
  });
});
