import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runCommand } from "../../../../scripts/run-command.ts";
import { temporaryFolders } from "../../../harness/folder.ts";

const script = fileURLToPath(new URL("../../../harness/log-inside.ts", import.meta.url));
const hosts = ["203.0.113.1", "2001:db8::1"] as const;
const network = [
  "ip link set lo up",
  `ip addr add ${hosts[0]}/32 dev lo`,
  `ip addr add ${hosts[1]}/128 dev lo nodad`,
].join(" && ");

describe("core/log of a node among others", function () {
  this.timeout(120_000);
  const newFolder = temporaryFolders();

  it("names no address and no other node from info on, and tells them apart", async function () {
    // A network of its own, for addresses that are not everybody's.
    const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const inside = (command: string) =>
      runCommand("unshare", [...user, "--net", "sh", "-c", `PATH=$PATH:/sbin:/usr/sbin; ${command}`]);
    const possible = process.platform === "linux" && (await inside(network)).ok;
    if (!possible) {
      console.warn("      ! no network namespace can be made here: skipped");
      this.skip();
    }
    const node = `"${process.execPath}" --disable-warning=ExperimentalWarning "${script}"`;
    const { ok, output } = await inside(`${network} && exec ${node} "${await newFolder()}" ${hosts.join(" ")}`);
    expect(ok, output).to.equal(true);
    const { lines, ids } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
      lines: Record<string, unknown>[];
      ids: string[];
    };
    const read = lines.filter(({ level }) => Number(level) >= 30);
    const of = (message: string) => read.filter(({ msg }) => msg === message);
    for (const line of read) {
      for (const one of [...hosts, ...ids, ...ids.map((id) => id.replace("0x", ""))]) {
        expect(JSON.stringify(line)).to.not.include(one);
      }
    }
    for (const { address } of of("a handshake was refused")) {
      expect(address).to.match(/^\/ip[46]\/address-[0-9a-f]{8}\/tcp\/\d+$/);
    }
    const [first, second] = of("a stream was refused");
    expect(first?.peerId)
      .to.match(/^id-[0-9a-f]{8}$/)
      .and.to.equal(second?.peerId);
    expect(of("authenticated")[0]?.backbone)
      .to.match(/^id-[0-9a-f]{8}$/)
      .and.to.not.equal(first?.peerId);
    // Who was there is known to who debugs.
    expect(lines.filter(({ level }) => level === 20).map(({ of: whom }) => whom)).to.include.members([
      hosts[0],
      ids[0],
    ]);
  });
});
