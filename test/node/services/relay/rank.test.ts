import { expect } from "chai";
import type { Hex } from "viem";
import { createRelayDirectory } from "../../../../node/services/relay/index.ts";
import { rankRelays } from "../../../../node/services/relay/rank.ts";
import { identityOf } from "../../../harness/identities.ts";
import { soon } from "../../../harness/mesh.ts";
import { createClock } from "../../api/fixture.ts";
import { createRelayMesh, holds } from "./fixture.ts";

const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((n) => identityOf(n).peerId) as [Hex, Hex, Hex, Hex, Hex];

describe("services/relay/rank", () => {
  /** Ranks relays of these scores and round trips; those without one do not answer. Lots are equal but for the scores. */
  async function rank(relays: Record<Hex, { score?: number; roundTripMs?: number }>, missing = 1) {
    const asked: Hex[] = [];
    const ranked = await rankRelays(
      Object.keys(relays) as Hex[],
      missing,
      {
        weigh: async () => (relay) => (relays[relay]?.score ?? 50) ** 2,
        async roundTripMs(relay) {
          asked.push(relay);
          const { roundTripMs } = relays[relay] ?? {};
          if (roundTripMs === undefined) throw new Error("no answer");
          return roundTripMs;
        },
        random: () => 0.5,
      },
      soon(),
    );
    return { ranked, asked };
  }

  it("asks twice as many as are missing, the best scored the likeliest, and takes the nearest of these first", async () => {
    const relays = {
      [a]: { score: 40, roundTripMs: 1 },
      [b]: { score: 90, roundTripMs: 80 },
      [c]: { score: 80, roundTripMs: 30 },
    };
    const { ranked, asked } = await rank(relays);
    expect(asked).to.deep.equal([b, c]);
    expect(ranked).to.deep.equal([c, b, a]);
  });

  it("takes the better scored of those that are as near", async () => {
    const { ranked } = await rank({ [a]: { score: 70, roundTripMs: 21 }, [b]: { score: 90, roundTripMs: 28 } });
    expect(ranked).to.deep.equal([b, a]);
  });

  it("puts those that do not answer behind all others", async () => {
    const { ranked } = await rank({ [a]: { score: 90 }, [b]: { score: 80, roundTripMs: 5 }, [c]: { score: 30 } });
    expect(ranked).to.deep.equal([b, c, a]);
  });

  it("asks nobody where all are needed", async () => {
    expect(await rank({ [a]: {}, [b]: {} }, 2)).to.deep.equal({ ranked: [a, b], asked: [] });
  });

  it("reads the contract's list by region and scores once, and keeps both while the chain is away", async () => {
    const clock = createClock();
    let isAway = false;
    const reads: Hex[] = [];
    const failing = <T>(answer: T) => (isAway ? Promise.reject(new Error("away")) : Promise.resolve(answer));
    const listed: Record<string, Hex[]> = { africa: [d, e], europe: [a, b, c] };
    const directory = createRelayDirectory({
      region: () => "europe",
      now: clock.now,
      nexus: () => ({
        regions: () => failing(Object.keys(listed)),
        publicNodes: (region) => failing(listed[region] ?? []),
        scoreOf(relay) {
          reads.push(relay);
          return failing(relay === a ? 90 : 45);
        },
      }),
    });
    expect(await directory.list()).to.deep.equal({ ours: [a, b, c], others: [d, e] });
    const weigh = await directory.weigh([a, b]);
    expect(weigh(a) / weigh(b)).to.equal(4);
    isAway = true;
    expect((await directory.list()).ours).to.deep.equal([a, b, c]);
    await directory.weigh([a, b]);
    expect(reads).to.deep.equal([a, b]);
    clock.advance(3_600_000);
    const later = await directory.weigh([a, b]);
    expect(reads).to.have.length(4);
    expect(later(a) / later(b)).to.equal(4);
  });

  describe("in reservations", () => {
    const { newRelay, newPrivate } = createRelayMesh();

    it("takes the better scored relay, the nearer one, and another one where that fails", async () => {
      const [good, fair, refusing] = [await newRelay(1), await newRelay(2), await newRelay(3, () => false)];
      const equal = { wanted: 1, random: () => 0.5 };
      const scored = await newPrivate(
        10,
        { europe: [fair, good] },
        {
          ...equal,
          scoreOf: (peerId) => (peerId === good.node.peerId ? 90 : 60),
          roundTripMs: () => 5,
        },
      );
      await holds(scored.reservations, [good]);
      const near = await newPrivate(
        11,
        { europe: [fair, good] },
        {
          ...equal,
          scoreOf: (peerId) => (peerId === good.node.peerId ? 90 : 60),
          roundTripMs: (peerId) => (peerId === good.node.peerId ? 80 : 5),
        },
      );
      await holds(near.reservations, [fair]);
      const refused = await newPrivate(
        12,
        { europe: [refusing, fair] },
        {
          ...equal,
          scoreOf: (peerId) => (peerId === refusing.node.peerId ? 100 : 40),
          roundTripMs: (peerId) => (peerId === refusing.node.peerId ? 1 : 50),
        },
      );
      await holds(refused.reservations, [fair]);
    });
  });
});
