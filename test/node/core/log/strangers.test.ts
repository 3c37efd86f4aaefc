import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { temporaryFolders } from "../../../harness/folder.ts";
import { inOwnNetwork } from "../../../harness/own-network.ts";

const script = fileURLToPath(new URL("../../../harness/log-inside.ts", import.meta.url));
const hosts = ["203.0.113.1", "2001:db8::1"] as const;
const network = ["ip link set lo up", `ip addr add ${hosts[0]}/32 dev lo`, `ip addr add ${hosts[1]}/128 dev lo nodad`];

describe("core/log of a node among others", function () {
  this.timeout(120_000);
  const newFolder = temporaryFolders();

  it("names no address and no other node from info on, and tells them apart", async function () {
    // A network of its own, for addresses that are not everybody's.
    const { lines, ids } = await inOwnNetwork<{ lines: Record<string, unknown>[]; ids: string[] }>(this, network, [
      script,
      await newFolder(),
      ...hosts,
    ]);
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
