import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createMesh } from "../../../harness/mesh.ts";
import { inOwnNetwork } from "../../../harness/own-network.ts";

const script = fileURLToPath(new URL("../../../harness/lan-inside.ts", import.meta.url));
const host = "198.51.100.1";
const network = [
  "ip link set lo up",
  "ip link add lan type veth peer name far",
  `ip addr add ${host}/24 dev lan`,
  "ip link set far up",
  "ip link set lan up multicast on",
  "ip route add 224.0.0.0/4 dev lan",
];

describe("core/overlay on a local network", function () {
  this.timeout(120_000);
  const newNode = createMesh();

  it("finds the nodes there that want to be found, without any other help", async function () {
    // A network of its own: nothing is ever multicast on the machine's.
    expect(await inOwnNetwork(this, network, [script, host])).to.deep.equal([[2], [1], []]);
  });

  it("multicasts nothing from a node on loopback", async () => {
    const sockets = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === "UDPWRAP" || kind === "UDPWrap").length;
    const before = sockets();
    await newNode(1);
    expect(sockets()).to.equal(before);
  });
});
