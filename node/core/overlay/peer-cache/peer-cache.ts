import type { Hex } from "viem";
import { type NodeRecord, newerRecord } from "../../records/index.ts";
import { bucketOf, distance, peerIdBits } from "./distance.ts";

/** Row M3: 160 buckets of at most 20 peers, 100 in all. */
export const peerCacheLimits = { buckets: peerIdBits, perBucket: 20, total: 100 } as const;

/** The light node's Kademlia cache of proved node records. */
export interface PeerCache {
  readonly size: number;
  /** Keeps a record, as the most recently seen of its bucket; an older one than the kept is ignored. */
  add(record: NodeRecord): void;
  /** The unexpired record of a peer, or undefined. */
  get(peerId: Hex): NodeRecord | undefined;
  remove(peerId: Hex): void;
  /** Up to `count` unexpired records, nearest to the target by XOR first. */
  closest(target: Hex, count: number): NodeRecord[];
  /** All unexpired records. */
  records(): NodeRecord[];
}

/**
 * Within a bucket the least recently seen leaves first. When all buckets together are full, the fullest bucket gives
 * one up (of equals the farthest): the cache stays dense near the node itself and keeps a foothold everywhere else.
 */
export function createPeerCache(self: Hex, now: () => number): PeerCache {
  // A Map keeps insertion order: the first key of a bucket is its least recently seen peer.
  const buckets = Array.from({ length: peerCacheLimits.buckets }, () => new Map<Hex, NodeRecord>());
  let size = 0;

  const bucketFor = (peerId: Hex) => buckets[bucketOf(self, peerId)];

  const remove = (peerId: Hex) => {
    if (bucketFor(peerId)?.delete(peerId)) size--;
  };

  const evictOldest = (bucket: Map<Hex, NodeRecord>) => {
    const [oldest] = bucket.keys();
    if (oldest !== undefined && bucket.delete(oldest)) size--;
  };

  const fullestBucket = () => buckets.reduce((fullest, bucket) => (bucket.size > fullest.size ? bucket : fullest));

  const records = () => {
    const all = buckets.flatMap((bucket) => [...bucket.values()]);
    const expired = all.filter((record) => record.expiresAtMs <= now());
    for (const record of expired) remove(record.peerId);
    return expired.length === 0 ? all : all.filter((record) => record.expiresAtMs > now());
  };

  return {
    get size() {
      return size;
    },
    add(record) {
      const bucket = bucketFor(record.peerId);
      if (bucket === undefined || record.expiresAtMs <= now()) return;
      const known = bucket.get(record.peerId);
      remove(record.peerId);
      if (bucket.size >= peerCacheLimits.perBucket) evictOldest(bucket);
      if (size >= peerCacheLimits.total) evictOldest(fullestBucket());
      bucket.set(record.peerId, known === undefined ? record : newerRecord(known, record));
      size++;
    },
    get(peerId) {
      const record = bucketFor(peerId)?.get(peerId);
      if (record === undefined || record.expiresAtMs > now()) return record;
      remove(peerId);
      return undefined;
    },
    remove,
    closest(target, count) {
      const ranked = records().map((record) => ({ record, far: distance(record.peerId, target) }));
      ranked.sort((a, b) => (a.far < b.far ? -1 : a.far > b.far ? 1 : 0));
      return ranked.slice(0, count).map(({ record }) => record);
    },
    records,
  };
}
