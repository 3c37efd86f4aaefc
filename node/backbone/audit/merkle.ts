import { hash } from "node:crypto";

// The Merkle tree of RFC 6962, section 2.1, in the form in which it grows: hashes of complete subtrees never change, so
// they are stored, and every root and proof is made of a few of them.

/** A complete subtree: the 2^level leaves from position · 2^level on. */
export interface Subtree {
  readonly level: number;
  readonly position: number;
}

/** A run of leaves, from `from` to before `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** SHA-256 in hex of the subtrees that were asked for. */
export type HashAt = (subtree: Subtree) => string;

export const emptyRoot = hash("sha256", "");

export function hashLeaf(leaf: string | Uint8Array): string {
  return hash("sha256", Buffer.concat([Buffer.of(0), typeof leaf === "string" ? Buffer.from(leaf) : leaf]));
}

export function hashPair(left: string, right: string): string {
  return hash("sha256", Buffer.from(`01${left}${right}`, "hex"));
}

/**
 * The complete subtrees that the leaves from `from` to before `to` fall into, left to right and largest first. `from` is a
 * multiple of every size among them, as it is of each range that RFC 6962 cuts.
 */
export function cover(from: number, to: number): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let start = from; start < to; ) {
    const level = Math.floor(Math.log2(to - start));
    subtrees.push({ level, position: start / 2 ** level });
    start += 2 ** level;
  }
  return subtrees;
}

/** The hash of a range that `cover` took apart. */
export function foldRange({ from, to }: Range, hashAt: HashAt): string {
  return cover(from, to)
    .map(hashAt)
    .reduceRight((right, left) => hashPair(left, right));
}

/** The root of the first `size` leaves. */
export function rootOf(size: number, hashAt: HashAt): string {
  return size === 0 ? emptyRoot : foldRange({ from: 0, to: size }, hashAt);
}

/** The subtrees that become complete as leaves are added to a tree, given the hashes of `cover(0, size)`. */
export function grow(size: number, hashAt: HashAt, leafHashes: readonly string[]): (Subtree & { hash: string })[] {
  const grown: (Subtree & { hash: string })[] = [];
  const edge = cover(0, size).map((subtree) => ({ ...subtree, hash: hashAt(subtree) }));
  for (const [index, leafHash] of leafHashes.entries()) {
    let node = { level: 0, position: size + index, hash: leafHash };
    grown.push(node);
    // A right child completes its parent, and so on upwards.
    while (node.position % 2 === 1) {
      const left = edge.pop();
      if (left === undefined) throw new RangeError("the tree's edge does not reach that far");
      node = { level: node.level + 1, position: (node.position - 1) / 2, hash: hashPair(left.hash, node.hash) };
      grown.push(node);
    }
    edge.push(node);
  }
  return grown;
}

/** The ranges whose hashes lead from a leaf to the root of the first `size` (RFC 6962, section 2.1.1), leaf first. */
export function inclusionRanges(leaf: number, size: number): Range[] {
  const ranges: Range[] = [];
  for (let [from, to] = [0, size]; to - from > 1; ) {
    const middle = from + splitOf(to - from);
    const inLeft = leaf < middle;
    ranges.push(inLeft ? { from: middle, to } : { from, to: middle });
    [from, to] = inLeft ? [from, middle] : [middle, to];
  }
  return ranges.reverse();
}

/** The ranges that prove the tree of `first` leaves to be the beginning of that of `second` (section 2.1.2). */
export function consistencyRanges(first: number, second: number): Range[] {
  const ranges: Range[] = [];
  let [from, to] = [0, second];
  while (first !== to) {
    const middle = from + splitOf(to - from);
    const inLeft = first <= middle;
    ranges.push(inLeft ? { from: middle, to } : { from, to: middle });
    [from, to] = inLeft ? [from, middle] : [middle, to];
  }
  // The whole first tree is known to who asks.
  return (from === 0 ? ranges : [...ranges, { from, to }]).reverse();
}

/** The largest power of two below a number. */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
