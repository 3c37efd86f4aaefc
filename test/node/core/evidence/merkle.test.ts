import { expect } from "chai";
import { concat, type Hex, keccak256, toHex } from "viem";
import { leafOf, merkleTree, verifyMerkleProof } from "../../../../node/core/evidence/merkle.ts";
import { createRandom } from "../../../harness/random.ts";

const linesOf = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);
const hash = (text: string): Hex => keccak256(keccak256(toHex(text)));
const pair = (a: Hex, b: Hex) => keccak256(concat(a < b ? [a, b] : [b, a]));

describe("core/evidence/merkle", () => {
  it("has the root that one works out by hand for one, two and three lines", () => {
    expect(merkleTree(["one"]).root).to.equal(hash("one"));
    expect(merkleTree(["one", "two"]).root).to.equal(pair(hash("one"), hash("two")));
    const [one, two, three] = ["one", "two", "three"].map(hash) as [Hex, Hex, Hex];
    expect(merkleTree(["one", "two", "three"]).root).to.equal(pair(pair(one, two), three));
  });

  it("proves each line of trees of any size, and no line that is not there", () => {
    for (let count = 1; count <= 40; count++) {
      const lines = linesOf(count);
      const { root, proofOf } = merkleTree(lines);
      for (const [index, line] of lines.entries()) {
        expect(verifyMerkleProof(line, proofOf(index), root), `${line} of ${count}`).to.equal(true);
        expect(verifyMerkleProof(`${line}!`, proofOf(index), root)).to.equal(false);
      }
    }
  });

  it("takes no inner node for a line, and no proof with a changed hash", () => {
    const random = createRandom(9);
    const lines = linesOf(21);
    const { root, proofOf } = merkleTree(lines);
    expect(leafOf(lines[0] ?? "")).to.not.equal(keccak256(toHex(lines[0] ?? "")));
    for (let round = 0; round < 50; round++) {
      const index = random.integer(lines.length);
      const proof = proofOf(index);
      const place = random.integer(proof.length);
      const changed = proof.map((one, at) => (at === place ? keccak256(one) : one));
      expect(verifyMerkleProof(lines[index] ?? "", changed, root)).to.equal(false);
      expect(verifyMerkleProof(lines[index] ?? "", proof.slice(1), root)).to.equal(false);
    }
  });

  it("has no tree without lines, and no proof for a line beyond the last", () => {
    expect(() => merkleTree([])).to.throw(RangeError);
    for (const index of [-1, 3, 0.5]) expect(() => merkleTree(linesOf(3)).proofOf(index)).to.throw(RangeError);
  });
});
