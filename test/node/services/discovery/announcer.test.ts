import { once } from "node:events";
import { expect } from "chai";
import type { Hex } from "viem";
import { backboneErrors } from "../../../../node/backbone/errors.ts";
import { type ChangeEmitter, createChangeEmitter } from "../../../../node/core/change.ts";
import { ShadowMeshError } from "../../../../node/core/errors.ts";
import type { RecordDht } from "../../../../node/core/overlay/index.ts";
import {
  type NodeRecord,
  recordLifetimeMs,
  type SignedRecord,
  signRecord,
} from "../../../../node/core/records/index.ts";
import { type Announcer, createAnnouncer } from "../../../../node/services/discovery/index.ts";
import { membershipErrors } from "../../../../node/services/membership/index.ts";
import { domain, identityOf, recordOf, verifyAt } from "../../../harness/identities.ts";
import { until } from "../../../harness/until.ts";
import { createClock, silent } from "../../api/fixture.ts";

const self = identityOf(1);
const relay = identityOf(9).peerId;
const direct = (n: number) => `/ip4/192.0.2.${n}/tcp/4100`;

describe("services/discovery/announcer", () => {
  const running: Announcer[] = [];
  afterEach(async () => {
    for (const announcer of running.splice(0)) await announcer.stop();
  });

  /** The announcer with a backbone and a DHT that the test can take away. */
  async function announce(
    given: { joined?: boolean; addresses?: string[]; servesRecord?: boolean; known?: NodeRecord } = {},
  ) {
    const clock = createClock();
    const [overlay, membership, relays] = [createChangeEmitter(), createChangeEmitter(), createChangeEmitter()];
    const state = {
      joined: given.joined ?? true,
      session: {},
      addresses: given.addresses ?? [direct(1)],
      relays: [] as Hex[],
      relayAddresses: [] as string[],
      backbone: "up" as "up" | "down" | "silent" | "forgetful",
      dhtServers: 3,
      /** Of them, those that take a record. */
      takers: 3,
    };
    const dht = (): RecordDht => ({
      get servers() {
        return state.dhtServers;
      },
      get copies() {
        return state.dhtServers;
      },
      get: async () => null,
      put: async () => {
        if (state.dhtServers === 0) throw new Error("no DHT server");
        return Math.min(state.takers, state.dhtServers);
      },
    });
    const announced: SignedRecord[] = [];
    const moves: SignedRecord[] = [];
    let tries = 0;
    /** How often the announcer had nothing left to do, and began to listen for a change. */
    let rests = 0;
    let resting = false;
    const announcer = createAnnouncer({
      peerId: self.peerId,
      servesRecord: given.servesRecord ?? false,
      overlay: {
        addresses: () => state.addresses,
        connections: () => [],
        onChange: overlay.onChange,
        records: { regional: dht(), global: dht() },
      },
      membership: {
        joined: () => state.joined,
        session: () => state.session,
        onChange(listener) {
          rests++;
          resting = true;
          const stop = membership.onChange(listener);
          return () => {
            resting = false;
            stop();
          };
        },
      },
      backbone: {
        async announce(signed, signal) {
          tries++;
          if (state.backbone === "silent") await once(signal, "abort");
          if (state.backbone === "down") throw new ShadowMeshError(membershipErrors.BACKBONE_UNREACHABLE);
          const { sequence } = await verifyAt(clock.now)(signed);
          if (sequence <= (given.known?.sequence ?? 0)) throw new ShadowMeshError(backboneErrors.RECORD_STALE);
          announced.push(signed);
        },
        lookup: async () => (state.backbone === "forgetful" ? null : (announced.at(-1) ?? given.known?.signed ?? null)),
      },
      relays: { addresses: () => state.relayAddresses, ids: () => state.relays, onChange: relays.onChange },
      sign: (input) => signRecord(self, input, domain),
      onMoved: (signed) => void moves.push(signed),
      verifyRecord: verifyAt(clock.now),
      now: clock.now,
      log: silent,
    });
    running.push(announcer);
    await announcer.start(AbortSignal.timeout(1_000));
    return {
      announcer,
      announced,
      moves,
      clock,
      state,
      overlay,
      membership,
      relays,
      get tries() {
        return tries;
      },
      /** Tells of a change, and waits until the announcer has dealt with it. */
      async change(source: ChangeEmitter) {
        await until(() => resting);
        const before = rests;
        source.emit();
        await until(() => rests > before);
      },
      atRest: () => until(() => resting),
      /** The record that was announced as the nth, from 1. */
      nth: async (n: number) => {
        const signed = await until(() => announced[n - 1]);
        await until(() => announcer.last?.sequence === JSON.parse(signed.content).sequence);
        return verifyAt(clock.now)(signed);
      },
    };
  }

  it("says what a record replaces where its own addresses are others, and tells of it without a backbone", async () => {
    const test = await announce();
    const first = await test.nth(1);
    await test.atRest();
    test.state.relayAddresses = ["/ip4/192.0.2.9/tcp/4100/p2p-circuit"];
    await test.change(test.relays);
    await test.nth(2);
    expect(test.moves, "a relay more is no move").to.deep.equal([]);
    await test.atRest();
    Object.assign(test.state, { addresses: [direct(2)], backbone: "down", joined: false });
    await test.change(test.overlay);
    const [moved] = await until(
      () => test.moves,
      ({ length }) => length === 1,
    );
    const record = await verifyAt(test.clock.now)(moved as SignedRecord);
    expect(record.replaces?.addresses).to.deep.equal([direct(1)]);
    expect(record.replaces?.sequence).to.be.at.least(first.sequence);
    expect(record.sequence).to.be.greaterThan(record.replaces?.sequence ?? record.sequence);
  });

  it("tells of a move while it waits for a backbone that does not answer", async () => {
    const test = await announce();
    await test.nth(1);
    await test.atRest();
    Object.assign(test.state, { backbone: "silent", session: {} });
    test.membership.emit();
    await until(() => test.tries === 2);
    test.state.addresses = [direct(2)];
    test.overlay.emit();
    const [moved] = await until(
      () => test.moves,
      ({ length }) => length === 1,
    );
    expect((await verifyAt(test.clock.now)(moved as SignedRecord)).addresses).to.deep.equal([direct(2)]);
    expect(test.tries, "it still waits").to.equal(2);
  });

  it("announces once, and sees that it is found", async () => {
    const test = await announce();
    const record = await test.nth(1);
    expect(record).to.deep.include({ peerId: self.peerId, addresses: [direct(1)], relays: [] });
    expect(test.announcer.last).to.deep.equal({
      sequence: record.sequence,
      atMs: test.clock.now(),
      dhtServers: { regional: 3, global: 3 },
      found: true,
    });
    expect(test.announcer.failure).to.equal(null);
    await test.change(test.overlay);
    await test.change(test.membership);
    expect(test.announced).to.have.length(1);
  });

  it("announces anew when an address changes, with a higher sequence even if the clock stands still", async () => {
    const test = await announce();
    const first = await test.nth(1);
    test.state.addresses = [direct(2)];
    test.overlay.emit();
    const second = await test.nth(2);
    expect(second.addresses).to.deep.equal([direct(2)]);
    expect(second.sequence).to.be.greaterThan(first.sequence);
  });

  it("announces the relays through which it can be reached, and their loss", async () => {
    const test = await announce({ addresses: [] });
    await test.atRest();
    expect(test.announced, "without any address there is nothing to tell").to.have.length(0);
    test.state.relays = [relay];
    test.state.relayAddresses = [`${direct(9)}/p2p/x/p2p-circuit`];
    test.relays.emit();
    const record = await test.nth(1);
    expect(record).to.deep.include({ relays: [relay], addresses: [`${direct(9)}/p2p/x/p2p-circuit`] });
  });

  it("announces anew to another backbone, or to the same after a restart", async () => {
    const test = await announce();
    const first = await test.nth(1);
    test.state.session = {};
    test.membership.emit();
    expect((await test.nth(2)).sequence).to.be.greaterThan(first.sequence);
  });

  it("outdoes a record of its own that it signed before its clock was set back", async () => {
    const nowMs = createClock().now();
    const known = await verifyAt(() => nowMs)(await recordOf(self, { nowMs, sequence: nowMs + 60_000 }));
    const test = await announce({ known });
    const record = await test.nth(1);
    expect(record.sequence).to.equal(known.sequence + 1);
    expect(test.tries).to.equal(2);
    await until(() => test.announcer.failure === null);
  });

  it("renews its record when half of its life is over, and not before", async () => {
    const test = await announce();
    const first = await test.nth(1);
    test.clock.advance(recordLifetimeMs / 2);
    await test.change(test.overlay);
    expect(test.announced).to.have.length(1);
    test.clock.advance(1);
    test.overlay.emit();
    const second = await test.nth(2);
    expect(second.expiresAtMs).to.equal(first.expiresAtMs + recordLifetimeMs / 2 + 1);
  });

  it("says nothing while it is no member, and begins when it is", async () => {
    const test = await announce({ joined: false });
    await test.atRest();
    expect(test.tries).to.equal(0);
    test.state.joined = true;
    test.membership.emit();
    await test.nth(1);
  });

  it("keeps trying while the backbone is away, with back-off, and says why", async () => {
    const test = await announce({ joined: false });
    test.state.backbone = "down";
    test.state.joined = true;
    test.membership.emit();
    await until(() => test.announcer.failure?.code === "BACKBONE_UNREACHABLE");
    // A storm of changes must not make this a storm of requests.
    for (let n = 0; n < 200; n++) {
      test.overlay.emit();
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(test.tries).to.be.lessThan(4);
    test.state.backbone = "up";
    await test.nth(1);
    await until(() => test.announcer.failure === null);
  });

  it("is not content until the backbone answers look-ups with its record", async () => {
    const test = await announce({ joined: false });
    test.state.backbone = "forgetful";
    test.state.joined = true;
    test.membership.emit();
    await until(() => test.announcer.last?.found === false);
    test.state.backbone = "up";
    await until(() => test.announcer.last?.found === true);
  });

  it("is found through the backbone though no DHT server takes its record", async () => {
    const test = await announce({ joined: false });
    test.state.dhtServers = 0;
    test.state.joined = true;
    test.membership.emit();
    await test.nth(1);
    expect(test.announcer.last).to.deep.include({ dhtServers: { regional: 0, global: 0 }, found: true });
  });

  it("puts its record to the DHT again until all of the nearest servers have it, and to those that it learns of", async () => {
    const test = await announce({ joined: false });
    Object.assign(test.state, { joined: true, takers: 1 });
    test.membership.emit();
    const { announcer, state } = test;
    const holders = (count: number) => () => announcer.last?.dhtServers.global === count;
    await until(holders(1));
    state.takers = 3;
    await until(holders(3));
    Object.assign(state, { dhtServers: 5, takers: 5 });
    await until(holders(5));
    expect(test.announced, "announcements to the backbone").to.have.length(1);
  });

  it("of a machine with more addresses than a record holds announces once, those through relays among them", async () => {
    const test = await announce({ joined: false });
    test.state.addresses = Array.from({ length: 30 }, (_, n) => direct(n));
    test.state.relays = [relay];
    test.state.relayAddresses = [`${direct(99)}/p2p/x/p2p-circuit`];
    test.state.joined = true;
    test.membership.emit();
    const record = await test.nth(1);
    expect(record.addresses).to.have.length(16);
    expect(record.addresses).to.include(`${direct(99)}/p2p/x/p2p-circuit`);
    await test.change(test.overlay);
    expect(test.announced).to.have.length(1);
  });

  it("of a backbone has its record before it is a member: it hands it out itself", async () => {
    const test = await announce({ joined: false, servesRecord: true });
    await until(() => test.announcer.record !== null);
    expect(test.announcer.record?.peerId).to.equal(self.peerId);
    expect(test.tries).to.equal(0);
  });
});
