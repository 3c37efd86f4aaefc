import { hash } from "node:crypto";
import { expect } from "chai";
import {
  consistencyRanges,
  cover,
  emptyRoot,
  foldRange,
  grow,
  hashLeaf,
  inclusionRanges,
  rootOf,
  type Subtree,
} from "../../../../node/backbone/audit/merkle.ts";
import { provesConsistency, provesInclusion } from "./rfc-9162.ts";

/** Of the test suite of the reference implementation (github.com/google/certificate-transparency). */
const reference = {
  leaves: ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"],
  roots: [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ],
};

/** RFC 6962, section 2.1, word for word: what a tree that grows has to agree with. */
export function plainRoot(leafHashes: readonly string[]): string {
  const [only] = leafHashes;
  if (only === undefined) return hash("sha256", "");
  if (leafHashes.length === 1) return only;
  let k = 1;
  while (k * 2 < leafHashes.length) k *= 2;
  const inner = [plainRoot(leafHashes.slice(0, k)), plainRoot(leafHashes.slice(k))];
  return hash("sha256", Buffer.from(`01${inner.join("")}`, "hex"));
}

export function createTree() {
  const hashes = new Map<string, string>();
  const hashAt = ({ level, position }: Subtree) => hashes.get(`${level}/${position}`) ?? expect.fail("no such subtree");
  let size = 0;
  return {
    hashAt,
    add(leafHashes: readonly string[]) {
      for (const { level, position, hash } of grow(size, hashAt, leafHashes)) hashes.set(`${level}/${position}`, hash);
      size += leafHashes.length;
    },
    get subtrees() {
      return hashes.size;
    },
  };
}

describe("backbone/audit/merkle", () => {
  it("has the roots of the reference implementation", () => {
    const tree = createTree();
    expect(rootOf(0, tree.hashAt)).to.equal(emptyRoot).and.to.equal(plainRoot([]));
    for (const [index, leaf] of reference.leaves.entries()) {
      tree.add([hashLeaf(Buffer.from(leaf, "hex"))]);
      expect(rootOf(index + 1, tree.hashAt)).to.equal(reference.roots[index]);
    }
  });

  it("has the same roots however many leaves come at once, and keeps those of all smaller trees", () => {
    const leafHashes = Array.from({ length: 150 }, (_, index) => hashLeaf(`leaf ${index}`));
    const tree = createTree();
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 9],
      [9, 64],
      [64, 65],
      [65, 150],
    ])
      tree.add(leafHashes.slice(from, to));
    for (let size = 0; size <= 150; size++) {
      expect(rootOf(size, tree.hashAt)).to.equal(plainRoot(leafHashes.slice(0, size)));
    }
    expect(tree.subtrees).to.be.below(2 * leafHashes.length);
  });

  it("takes a few hashes for a root, among a thousand million leaves too", () => {
    expect(cover(0, 1_000_000_007).length).to.be.at.most(30);
    expect(cover(0, 2 ** 40)).to.deep.equal([{ level: 40, position: 0 }]);
    expect(cover(0, 2 ** 40 - 1).length).to.equal(40);
  });

  it("tells a leaf from an inner node", () => {
    const [left, right] = [hashLeaf("a"), hashLeaf("b")];
    expect(hashLeaf(Buffer.from(left + right, "hex"))).to.not.equal(plainRoot([left, right]));
  });

  it("proves every leaf in every tree, and every tree in every later one, to a client that follows RFC 9162", () => {
    const leafHashes = Array.from({ length: 70 }, (_, index) => hashLeaf(`leaf ${index}`));
    const tree = createTree();
    tree.add(leafHashes);
    const fold = (range: { from: number; to: number }) => foldRange(range, tree.hashAt);
    const roots = Array.from({ length: 71 }, (_, size) => rootOf(size, tree.hashAt));
    for (let size = 1; size <= 70; size++) {
      const root = roots[size] ?? "";
      for (let sequence = 0; sequence < size; sequence++) {
        const path = inclusionRanges(sequence, size).map(fold);
        const proof = { sequence, size, leafHash: leafHashes[sequence] ?? "", path, root };
        expect(provesInclusion(proof), `${sequence} in ${size}`).to.equal(true);
        expect(provesInclusion({ ...proof, leafHash: leafHashes[(sequence + 1) % 70] ?? "" })).to.equal(false);
      }
      for (let first = 1; first <= size; first++) {
        const path = consistencyRanges(first, size).map(fold);
        const proof = { first, second: size, firstRoot: roots[first] ?? "", secondRoot: root, path };
        expect(provesConsistency(proof), `${first} in ${size}`).to.equal(true);
        expect(provesConsistency({ ...proof, firstRoot: hashLeaf("another") })).to.equal(false);
      }
    }
  });
});
