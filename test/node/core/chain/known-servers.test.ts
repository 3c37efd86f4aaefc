import { expect } from "chai";
import type { Hex } from "viem";
import { createMayServeDht } from "../../../../node/core/chain/index.ts";
import type { Registration } from "../../../../node/core/schema.ts";
import { identityOf } from "../../../harness/identities.ts";
import { registrationFor } from "../../../harness/membership.ts";

const [server, client, stranger] = [1, 2, 3].map((n) => identityOf(n).peerId) as [Hex, Hex, Hex];

describe("core/chain/known-servers", () => {
  function newChain() {
    const listed = new Map<Hex, Registration>([
      [server, registrationFor(server, { nodeType: "light_public", region: "europe" })],
      [client, registrationFor(client, { nodeType: "light_private", region: "europe" })],
    ]);
    const asked: Hex[] = [];
    const chain = {
      state: "connected" as "connected" | "unreachable",
      nexus: {
        async registrationOf(peerId: Hex) {
          asked.push(peerId);
          return listed.get(peerId) ?? null;
        },
      } as never,
    };
    const clock = { nowMs: 0 };
    return { chain, listed, asked, clock, mayServe: createMayServeDht({ chain, now: () => clock.nowMs }) };
  }

  it("takes public nodes for servers of their own region and of all, and nobody else", async () => {
    const { mayServe } = newChain();
    expect(await mayServe(server, null)).to.equal(true);
    expect(await mayServe(server, "europe")).to.equal(true);
    expect(await mayServe(server, "africa")).to.equal(false);
    for (const other of [client, stranger]) expect(await mayServe(other, null)).to.equal(false);
  });

  it("asks the chain once where both DHTs ask, and again once its word is old", async () => {
    const { mayServe, listed, asked, clock } = newChain();
    expect(await Promise.all([mayServe(server, null), mayServe(server, "europe")])).to.deep.equal([true, true]);
    expect(asked).to.deep.equal([server]);
    expect(await mayServe(stranger, null)).to.equal(false);
    listed.set(stranger, registrationFor(stranger, { nodeType: "backbone_auth" }));
    listed.delete(server);
    clock.nowMs = 60_000;
    expect(await mayServe(stranger, null)).to.equal(true);
    expect(await mayServe(server, null)).to.equal(true);
    clock.nowMs = 10 * 60_000;
    expect(await mayServe(server, null)).to.equal(false);
  });

  it("goes by what the chain said last while it is away, and by everybody's word until it has said anything", async () => {
    const { mayServe, chain, clock } = newChain();
    chain.state = "unreachable";
    expect(await mayServe(stranger, null)).to.equal(true);
    chain.state = "connected";
    expect(await mayServe(server, null)).to.equal(true);
    chain.state = "unreachable";
    clock.nowMs = 24 * 60 * 60_000;
    expect(await mayServe(server, "europe")).to.equal(true);
    expect(await mayServe(stranger, null)).to.equal(false);
  });
});
