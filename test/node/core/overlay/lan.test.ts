import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runCommand } from "../../../../scripts/run-command.ts";
import { createMesh } from "../../../harness/mesh.ts";

const script = fileURLToPath(new URL("../../../harness/lan-inside.ts", import.meta.url));
const host = "198.51.100.1";
const network = [
  "ip link set lo up",
  "ip link add lan type veth peer name far",
  `ip addr add ${host}/24 dev lan`,
  "ip link set far up",
  "ip link set lan up multicast on",
  "ip route add 224.0.0.0/4 dev lan",
].join(" && ");

describe("core/overlay on a local network", function () {
  this.timeout(120_000);
  const newNode = createMesh();

  it("finds the nodes there that want to be found, without any other help", async function () {
    // A network of its own: nothing is ever multicast on the machine's.
    const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
    const inside = (command: string) =>
      runCommand("unshare", [...user, "--net", "sh", "-c", `PATH=$PATH:/sbin:/usr/sbin; ${command}`]);
    const possible = process.platform === "linux" && (await inside(network)).ok;
    if (!possible) {
      console.warn("      ! no network namespace can be made here: skipped");
      this.skip();
    }
    const node = `"${process.execPath}" --disable-warning=ExperimentalWarning "${script}" ${host}`;
    const { ok, output } = await inside(`${network} && exec ${node}`);
    expect(ok, output).to.equal(true);
    expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).to.deep.equal([[2], [1], []]);
  });

  it("multicasts nothing from a node on loopback", async () => {
    const sockets = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === "UDPWRAP" || kind === "UDPWrap").length;
    const before = sockets();
    await newNode(1);
    expect(sockets()).to.equal(before);
  });
});
