import { expect } from "chai";
import type { Hex } from "viem";
import {
  bucketOf,
  createPeerCache,
  distance,
  peerCacheLimits,
} from "../../../../node/core/overlay/peer-cache/index.ts";
import type { NodeRecord } from "../../../../node/core/records/index.ts";
import { createRandom, type Random } from "../../../harness/random.ts";

const toHex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}` as Hex;

/** A record as the cache sees it; what its signature proves is no matter of the cache. */
function record(peerId: Hex, sequence: number, expiresAtMs: number): NodeRecord {
  const signed = { content: "", mlDsaKeyHash: "0x", signature: `0x${sequence}` } as NodeRecord["signed"];
  return { version: 1, peerId, sequence, issuedAtMs: 0, expiresAtMs, addresses: [], relays: [], signed } as never;
}

/** An ID that shares exactly `bits` leading bits with `self`. */
function idInBucket(self: Hex, bits: number, random: Random): Hex {
  const mask = 1n << BigInt(159 - bits);
  const noise = bits === 159 ? 0n : BigInt(toHex(random.bytes(20))) & (mask - 1n);
  return `0x${(BigInt(self) ^ mask ^ noise).toString(16).padStart(40, "0")}`;
}

const counted = new Map<string, number>();

/** The oracle's bucket: counted bit by bit. */
function sharedBits(a: Hex, b: Hex): number {
  const known = counted.get(a + b);
  if (known !== undefined) return known;
  const bits = countSharedBits(a, b);
  counted.set(a + b, bits);
  return bits;
}

function countSharedBits(a: Hex, b: Hex): number {
  const [left, right] = [a, b].map((id) => BigInt(id).toString(2).padStart(160, "0"));
  for (let bit = 0; bit < 160; bit++) if (left?.[bit] !== right?.[bit]) return bit;
  return -1;
}

/** The same cache, written for obviousness: one list in the order in which peers were last seen. */
function createOracle(self: Hex) {
  let entries: NodeRecord[] = [];
  const inBucket = (bits: number) => entries.filter(({ peerId }) => sharedBits(self, peerId) === bits);
  const drop = (peerId: Hex | undefined) => {
    entries = entries.filter((entry) => entry.peerId !== peerId);
  };
  return {
    add(added: NodeRecord, nowMs: number) {
      if (added.peerId === self || added.expiresAtMs <= nowMs) return;
      const known = entries.find(({ peerId }) => peerId === added.peerId);
      drop(added.peerId);
      const own = inBucket(sharedBits(self, added.peerId));
      if (own.length >= 20) drop(own[0]?.peerId);
      if (entries.length >= 100) {
        const sizes = Array<number>(160).fill(0);
        for (const { peerId } of entries) sizes[sharedBits(self, peerId)] = (sizes[sharedBits(self, peerId)] ?? 0) + 1;
        drop(inBucket(sizes.indexOf(Math.max(...sizes)))[0]?.peerId);
      }
      entries.push(known !== undefined && known.sequence >= added.sequence ? known : added);
    },
    expire(nowMs: number) {
      entries = entries.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    },
    remove: drop,
    get: (peerId: Hex) => entries.find((entry) => entry.peerId === peerId),
    closest: (target: Hex, count: number) =>
      [...entries].sort((a, b) => compare(a.peerId, b.peerId, target)).slice(0, count),
    entries: () => entries,
  };
}

function compare(a: Hex, b: Hex, target: Hex): number {
  const difference = (BigInt(a) ^ BigInt(target)) - (BigInt(b) ^ BigInt(target));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const idsOf = (records: readonly NodeRecord[]) => records.map(({ peerId }) => peerId);

describe("core/overlay/peer-cache", () => {
  it("sorts peers into 160 buckets by the bits they share with the node", () => {
    const random = createRandom(10);
    const self = toHex(random.bytes(20));
    for (let bits = 0; bits < 160; bits++) {
      const id = idInBucket(self, bits, random);
      expect(bucketOf(self, id)).to.equal(bits);
      expect(sharedBits(self, id)).to.equal(bits);
    }
    expect(bucketOf(self, self)).to.equal(-1);
    expect(distance(self, self)).to.equal(0n);
  });

  it("does as a brute-force oracle does, over 8,000 random operations", () => {
    const random = createRandom(11);
    const self = toHex(random.bytes(20));
    // Uniform IDs share few bits with a node: half are drawn so that all buckets are seen.
    const population = Array.from({ length: 600 }, (_, n) =>
      n % 2 === 0 ? toHex(random.bytes(20)) : idInBucket(self, random.integer(160), random),
    );
    population.push(self);
    let nowMs = 0;
    const cache = createPeerCache(self, () => nowMs);
    const oracle = createOracle(self);
    let mostSeen = 0;

    for (let round = 0; round < 8_000; round++) {
      // Both are told of time in the same moment: the cache forgets what ran out only when it looks.
      const kind = random.integer(20);
      if (kind < 14) {
        const added = record(random.pick(population), random.integer(50), nowMs + random.integer(4_000));
        cache.add(added);
        oracle.add(added, nowMs);
      } else if (kind < 16) {
        const peerId = random.pick(population);
        const wanted = oracle.get(peerId);
        const alive = wanted !== undefined && wanted.expiresAtMs > nowMs ? wanted : undefined;
        expect(cache.get(peerId)).to.equal(alive);
        if (alive === undefined) oracle.remove(peerId);
      } else if (kind < 17) {
        const peerId = random.pick(population);
        cache.remove(peerId);
        oracle.remove(peerId);
      } else if (kind < 19) {
        const target = random.integer(2) === 0 ? toHex(random.bytes(20)) : random.pick(population);
        const count = random.integer(30);
        oracle.expire(nowMs);
        expect(idsOf(cache.closest(target, count))).to.deep.equal(idsOf(oracle.closest(target, count)));
      } else nowMs += random.integer(500);
      expect(cache.size).to.equal(oracle.entries().length);
      mostSeen = Math.max(mostSeen, cache.size);
    }
    oracle.expire(nowMs);
    expect(new Set(idsOf(cache.records()))).to.deep.equal(new Set(idsOf(oracle.entries())));
    expect(mostSeen).to.equal(peerCacheLimits.total);
  });

  it("holds 100 peers in all and 20 a bucket, whatever comes", () => {
    const random = createRandom(12);
    const self = toHex(random.bytes(20));
    const cache = createPeerCache(self, () => 0);
    for (let n = 0; n < 5_000; n++) cache.add(record(idInBucket(self, random.integer(12), random), 1, 1));
    expect(cache.size).to.equal(100);
    for (let bits = 0; bits < 160; bits++) {
      const held = idsOf(cache.records()).filter((peerId) => bucketOf(self, peerId) === bits);
      expect(held.length).to.be.at.most(20);
    }
  });

  it("keeps a foothold in every bucket when a flood of IDs of one bucket comes", () => {
    const random = createRandom(13);
    const self = toHex(random.bytes(20));
    const cache = createPeerCache(self, () => 0);
    const scattered = Array.from({ length: 80 }, (_, bits) => idInBucket(self, bits + 1, random));
    for (const peerId of scattered) cache.add(record(peerId, 1, 1));
    for (let n = 0; n < 1_000; n++) cache.add(record(idInBucket(self, 0, random), 1, 1));
    for (const peerId of scattered) expect(cache.get(peerId)).to.not.equal(undefined);
  });

  it("keeps the newer of two records, in whichever order they come", () => {
    const cache = createPeerCache("0x0000000000000000000000000000000000000000", () => 0);
    const id: Hex = "0x1111111111111111111111111111111111111111";
    cache.add(record(id, 5, 1));
    cache.add(record(id, 4, 1));
    expect(cache.get(id)?.sequence).to.equal(5);
    cache.add(record(id, 6, 1));
    expect(cache.get(id)?.sequence).to.equal(6);
    expect(cache.size).to.equal(1);
  });

  it("forgets what has run out, and never takes it nor the node itself", () => {
    let nowMs = 0;
    const self: Hex = "0x0000000000000000000000000000000000000000";
    const id: Hex = "0x1111111111111111111111111111111111111111";
    const cache = createPeerCache(self, () => nowMs);
    cache.add(record(self, 1, 10));
    cache.add(record(id, 1, 0));
    expect(cache.size).to.equal(0);
    cache.add(record(id, 1, 10));
    nowMs = 9;
    expect(cache.get(id)?.peerId).to.equal(id);
    nowMs = 10;
    expect(cache.get(id)).to.equal(undefined);
    expect(cache.size).to.equal(0);
  });
});
