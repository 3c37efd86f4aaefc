import { expect } from "chai";
import { createLastRead } from "../../../../node/backbone/health/last-read.ts";
import { buildEvidence } from "../../../../node/core/evidence/evidence.ts";
import type { EpochLine } from "../../../../node/core/evidence/lines.ts";
import { domain } from "../../../harness/identities.ts";

/** An epoch in which nobody was probed. */
function stored(epoch: number) {
  const line: EpochLine = {
    kind: "epoch",
    version: 1,
    chainId: domain.chainId,
    nexus: domain.nexusAddress,
    epoch,
    epochLengthS: 600,
    blockNumber: 1,
    previous: null,
  };
  const { lines, tree } = buildEvidence(line, [], new Map(), new Map());
  return { epoch, root: tree.root, lines, published: true };
}

describe("backbone/health/last-read", () => {
  it("computes the tree of one evidence once, however often it is asked for", () => {
    const read = createLastRead();
    const [first, second] = [stored(1), stored(2)];
    const evidence = read(first);
    expect(evidence.tree.root).to.equal(first.root);
    expect(read({ ...first })).to.equal(evidence);
    expect(read(second).tree.root).to.equal(second.root);
    expect(read(first).lines).to.deep.equal(first.lines);
  });
});
