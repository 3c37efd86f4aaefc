import { concat, type Hex, keccak256, toBytes } from "viem";

/** The tree over the lines of an evidence file, as `Reputation.verifyEvidence` checks it. */
export interface MerkleTree {
  readonly root: Hex;
  /** The hashes that lead from a leaf, by its index, to the root. */
  proofOf(index: number): Hex[];
}

/** A line's leaf: hashed twice, so that no inner node passes for a leaf. */
export function leafOf(line: string): Hex {
  return keccak256(keccak256(toBytes(line)));
}

/**
 * Builds the tree: a complete binary tree whose pairs are sorted before they are hashed (the layout of OpenZeppelin's
 * merkle-tree, leaves in the order of the lines).
 */
export function merkleTree(lines: readonly string[]): MerkleTree {
  if (lines.length === 0) throw new RangeError("a Merkle tree has at least one leaf");
  const last = 2 * lines.length - 2;
  const tree = new Array<Hex>(last + 1);
  for (const [index, line] of lines.entries()) tree[last - index] = leafOf(line);
  const at = (index: number) => tree[index] as Hex;
  for (let index = lines.length - 2; index >= 0; index--) tree[index] = hashPair(at(2 * index + 1), at(2 * index + 2));
  return {
    root: at(0),
    proofOf(index) {
      if (!Number.isInteger(index) || index < 0 || index >= lines.length) throw new RangeError(`no leaf ${index}`);
      const proof: Hex[] = [];
      for (let place = last - index; place > 0; place = Math.floor((place - 1) / 2)) {
        proof.push(at(place % 2 === 0 ? place - 1 : place + 1));
      }
      return proof;
    },
  };
}

/** Whether the line is a leaf under the root. */
export function verifyMerkleProof(line: string, proof: readonly Hex[], root: Hex): boolean {
  return proof.reduce(hashPair, leafOf(line)) === root;
}

function hashPair(a: Hex, b: Hex): Hex {
  return keccak256(concat(a < b ? [a, b] : [b, a]));
}
