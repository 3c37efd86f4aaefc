import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createOverlay } from "../../../../node/core/overlay/index.ts";
import { tcpBeside, udpBeside } from "../../../../node/core/overlay/listening.ts";
import { expectCode } from "../../../harness/expect-code.ts";
import { identityOf, verifyAt } from "../../../harness/identities.ts";
import { soon } from "../../../harness/mesh.ts";
import { overlayConfig } from "../../../harness/overlay-config.ts";
import { inOwnNetwork } from "../../../harness/own-network.ts";
import { silent } from "../../api/fixture.ts";

const script = fileURLToPath(new URL("../../../harness/default-node.ts", import.meta.url));
interface Told {
  addresses: string[];
  withLane: string[];
  warnings: string[];
}
const oneAt = (host: string) => [`${host}/tcp/4100`, `${host}/tcp/4101/ws`];

describe("core/overlay/listening", function () {
  this.timeout(60_000);

  it("listens on IPv4 and IPv6 by default, lanes too, and announces first what is public", async function () {
    // RFC 9637: reserved for documentation, and public to libp2p.
    const network = ["ip link set lo up", "ip -6 addr add 3fff::1/128 dev lo nodad"];
    const { addresses, withLane, warnings } = await inOwnNetwork<Told>(this, network, [script]);
    const local = ["/ip4/127.0.0.1", "/ip6/::1"].flatMap(oneAt);
    expect(addresses.slice(0, 2)).to.deep.equal(oneAt("/ip6/3fff::1"));
    expect(addresses.slice(2)).to.have.members(local);
    expect(withLane).to.deep.equal(addresses);
    expect(warnings).to.deep.equal([]);
  });

  it("goes on with IPv4 on a machine without IPv6, and says so once", async function () {
    const network = ["ip link set lo up", "sysctl -qw net.ipv6.conf.all.disable_ipv6=1"];
    const { addresses, withLane, warnings } = await inOwnNetwork<Told>(this, network, [script]);
    expect(addresses).to.deep.equal(oneAt("/ip4/127.0.0.1"));
    expect(withLane).to.deep.equal(addresses);
    expect(warnings).to.deep.equal(["this machine has no IPv6: others reach this node over IPv4 alone"]);
  });

  it("does not take a port that another program has on IPv6 for a machine without it", async function () {
    if (!Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === "::1"))) {
      console.warn("      ! this machine has no IPv6: skipped");
      this.skip();
    }
    const taken = createServer().listen({ host: "::1", port: 0, ipv6Only: true });
    await once(taken, "listening");
    const wanted = `/ip6/::1/tcp/${(taken.address() as AddressInfo).port}`;
    const config = overlayConfig({ listen: ["/ip4/127.0.0.1/tcp/0", wanted] });
    const identity = identityOf(1);
    const overlay = await createOverlay(config, { identity, verifyRecord: verifyAt(), now: Date.now, log: silent });
    const { details } = await expectCode(overlay.start(soon()), "LISTEN_FAILED");
    expect(details).to.deep.equal({ listen: [wanted] });
    await overlay.stop();
    taken.close();
  });

  it("has its other ports on the hosts that libp2p listens on, each of them once", () => {
    const all = ["/ip4/127.0.0.1/tcp/2/ws", "/ip4/0.0.0.0/tcp/1", "/ip6/::1/tcp/1", "/ip6/::1/tcp/2/ws"];
    expect(tcpBeside({ listen: all }, 3)).to.deep.equal({ hosts: ["0.0.0.0", "::1"], port: 3 });
    expect(udpBeside({ listen: all }, 4)).to.deep.equal({ host: "0.0.0.0", port: 4 });
    expect(udpBeside({ listen: all.slice(2) }, 4)).to.deep.equal({ host: "::1", port: 4 });
    for (const beside of [tcpBeside, udpBeside]) {
      expect(beside({ listen: [] }, 3)).to.equal(null);
      expect(beside({ listen: all }, null)).to.equal(null);
    }
  });
});
