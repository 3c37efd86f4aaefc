import { expect } from "chai";
import type { Hex } from "viem";
import { createMover } from "../../../../../node/core/overlay/move/index.ts";
import type { PeerConnection } from "../../../../../node/core/overlay/peer-connection.ts";
import { identityOf, verifyAt } from "../../../../harness/identities.ts";
import { until } from "../../../../harness/until.ts";
import { silent } from "../../../api/fixture.ts";

const addresses = {
  beyond: "/ip4/1.2.3.4/tcp/4100",
  beside: "/ip4/192.168.1.9/tcp/4100",
  here: "/ip4/127.0.0.1/tcp/4100",
  bySix: "/ip6/2600::1/tcp/4100",
  punched: "/ip4/1.2.3.5/udp/4103",
  throughBeyond: "/ip4/1.2.3.4/tcp/4100/p2p/peer-beyond/p2p-circuit",
  throughBySix: "/ip6/2600::1/tcp/4100/p2p/peer-bySix/p2p-circuit",
};

describe("core/overlay/move, behind a router with another address", () => {
  it("drops what went through the router's translation, circuits too, and dials those peers again; nothing else", async () => {
    const names = Object.keys(addresses) as (keyof typeof addresses)[];
    const dropped: string[] = [];
    const sought: Hex[] = [];
    const open = names.map((name, index) => {
      const libp2p = { id: name, remotePeer: `peer-${name}`, streams: [], abort: () => dropped.push(name) };
      return { peerId: identityOf(index + 1).peerId, address: addresses[name], path: "direct", libp2p };
    }) as unknown as PeerConnection[];
    const remaining = () => open.filter(({ libp2p }) => !dropped.includes(libp2p.id));
    const areDead: boolean[] = [];
    const mover = createMover({
      connections: remaining,
      connectionTo: (peerId) => remaining().find((connection) => connection.peerId === peerId),
      connect: () => Promise.reject(new Error("away")),
      connectAnew: () => Promise.reject(new Error("away")),
      retire: () => undefined,
      ping: () => Promise.reject(new Error("away")),
      async findRecord(peerId) {
        sought.push(peerId);
        return null;
      },
      cache: { add: () => false, get: () => undefined },
      verifyRecord: verifyAt(),
      dropSockets(isDead) {
        const peerId = identityOf(1).peerId;
        for (const remoteHost of ["1.2.3.4", "::ffff:1.2.3.4", "192.168.1.9", "2600::1"])
          areDead.push(isDead({ peerId, localHost: "192.168.1.2", remoteHost }));
      },
      handle: async () => undefined,
      onMove: () => undefined,
      now: Date.now,
      log: silent,
    });
    mover.leaveRouter();
    const dead: (keyof typeof addresses)[] = ["beyond", "punched", "throughBeyond"];
    await until(() => new Set(sought).size === dead.length);
    await mover.stop();
    expect(dropped).to.have.members(dead);
    expect(new Set(sought)).to.deep.equal(new Set(dead.map((name) => open[names.indexOf(name)]?.peerId)));
    expect(areDead).to.deep.equal([true, true, false, false]);
  });
});
