import { expect } from "chai";
import { findRung } from "../../../app/welcome/_hooks/rung.ts";
import type { NodeStatus } from "../../../node/api/daemon.ts";

type Overlay = NodeStatus["overlay"];

const nothingForwarded = { protocol: null, externalHost: null, ports: [], code: "NO_GATEWAY", reason: "No router." };

function overlay(part: Partial<Overlay> = {}): Overlay {
  return {
    running: true,
    addresses: ["/ip4/192.168.1.20/tcp/4100"],
    connectedPeers: 0,
    cachedPeers: 0,
    reachability: "none",
    relays: [],
    relaysParked: [],
    portMapping: nothingForwarded,
    reservationsHeld: 0,
    reservationsParked: 0,
    ...part,
  };
}

describe("which rung of the ladder a machine gets", () => {
  it("is direct, and seen, once others have connected", () => {
    const found = findRung(overlay({ reachability: "direct" }));
    expect(found).to.deep.equal({ rung: "direct", seen: true, why: { reason: "dialled" } });
  });

  it("is relayed, and seen, where relays hold a place for it", () => {
    const found = findRung(overlay({ reachability: "relayed", relays: [`0x${"11".repeat(20)}`] }));
    expect(found).to.deep.equal({ rung: "relayed", seen: true, why: { reason: "relays", relays: 1 } });
  });

  it("is expected to be direct where the router forwards, and not where another router stands before it", () => {
    const forwarded = { protocol: "UPnP" as const, externalHost: "203.0.113.7", ports: [], code: null, reason: null };
    expect(findRung(overlay({ portMapping: forwarded }))).to.deep.include({ rung: "direct", seen: false });
    const behind = { ...forwarded, code: "GATEWAY_NOT_PUBLIC", reason: "Another router." };
    const { rung, why } = findRung(overlay({ portMapping: behind }));
    expect({ rung, why }).to.deep.equal({ rung: "relayed", why: { reason: "router", sentence: "Another router." } });
  });

  it("is expected to be direct at a public address alone", () => {
    const at = (address: string) => findRung(overlay({ addresses: [address] })).rung;
    const open = [
      "/ip4/203.0.113.7/tcp/4100",
      "/ip4/172.32.0.1/tcp/1",
      "/ip6/2001:db8::1/tcp/1",
      "/dns4/node.example/tcp/1",
    ];
    expect(open.map(at)).to.deep.equal(open.map(() => "direct"));
    const closed = [
      "/ip4/10.0.0.1/tcp/1",
      "/ip4/127.0.0.1/tcp/1",
      "/ip4/172.16.0.1/tcp/1",
      "/ip4/172.31.9.9/tcp/1",
      "/ip4/100.64.0.1/tcp/1",
      "/ip4/100.127.0.1/tcp/1",
      "/ip4/169.254.3.4/tcp/1",
      "/ip6/::1/tcp/1",
      "/ip6/fe80::1/tcp/1",
      "/ip6/fd00::1/tcp/1",
    ];
    expect(closed.map(at)).to.deep.equal(closed.map(() => "relayed"));
  });

  it("is relayed for a node that listens nowhere, and unknown while a router is looked for", () => {
    expect(findRung(overlay({ addresses: [] })).why).to.deep.equal({ reason: "no-address" });
    const notNeeded = { ...nothingForwarded, code: "MAPPING_NOT_NEEDED" };
    const here = overlay({ addresses: ["/ip4/127.0.0.1/tcp/1"], portMapping: notNeeded });
    expect(findRung(here).why).to.deep.equal({ reason: "no-address" });
    const looking = { protocol: null, externalHost: null, ports: [], code: null, reason: null };
    expect(findRung(overlay({ portMapping: looking })).rung).to.equal("unknown");
  });
});
