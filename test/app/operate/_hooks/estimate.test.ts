import { expect } from "chai";
import { formatEther, parseEther } from "viem";
import { type ComparedNode, estimate, type Prices, type Realised } from "../../../../app/operate/_hooks/estimate.ts";

const dayMs = 86_400_000;
const price = parseEther("0.01");
const unknown: Prices = { shm: null, watts: null, perKilowattHour: null, perTerabyte: null };

const node = (paid: string, part: Partial<ComparedNode> = {}): ComparedNode => ({
  registeredAtMs: null,
  paidWei: parseEther(paid),
  gasWei: 0n,
  ...part,
});
const realised = (nodes: readonly ComparedNode[], days = 30): Realised => ({ nodes, fromMs: 0, toMs: days * dayMs });

function range(nodes: readonly ComparedNode[], prices: Partial<Prices> = {}, days = 30) {
  const found = estimate(realised(nodes, days), price, { ...unknown, ...prices });
  if (found.kind !== "range") throw new Error(`too little: ${found.nodes} nodes, ${found.days} days`);
  const text = ({ lowWei, middleWei, highWei }: typeof found.after) =>
    [lowWei, middleWei, highWei].map((wei) => Number(formatEther(wei)));
  return { ...found, before: text(found.before), after: text(found.after) };
}

describe("app/operate/estimate", () => {
  it("gives the quartiles of what nodes were paid, those that nobody paid among them", () => {
    const found = range(["0", "0", "10", "20", "100"].map((paid) => node(paid)));
    expect(found).to.deep.include({ nodes: 5, paid: 3, days: 30, before: [0, 10, 20], after: [0, 10, 20] });
  });

  it("lies between two nodes in proportion", () => {
    expect(range(["0", "4", "8", "12", "16", "20"].map((paid) => node(paid))).after).to.deep.equal([5, 10, 15]);
  });

  it("reckons each node's time on to 30 days, and leaves out who came today", () => {
    const young = node("1", { registeredAtMs: 25 * dayMs });
    const today = node("50", { registeredAtMs: 29.5 * dayMs });
    const found = range([...Array.from({ length: 5 }, () => young), today]);
    expect(found).to.deep.include({ nodes: 5, after: [6, 6, 6] });
    expect(
      range(
        Array.from({ length: 5 }, () => node("1")),
        {},
        10,
      ).after,
    ).to.deep.equal([3, 3, 3]);
  });

  it("takes gas off, below nothing where it was more than the pay", () => {
    const nodes = Array.from({ length: 5 }, () => node("1", { gasWei: parseEther("1.5") }));
    const found = range(nodes);
    expect(found.after).to.deep.equal([-0.5, -0.5, -0.5]);
    expect(found.gasWei).to.equal(parseEther("1.5"));
  });

  it("takes power and traffic off once it is known what 1 SHM is worth", () => {
    const nodes = Array.from({ length: 5 }, () => node("100"));
    // 10 W × 720 h × 0.5 a kWh = 3.6; 10,000 GiB in and out = 21.47 TB at 1 = 21.47; 1 SHM is worth 2.
    const prices = { watts: 10, perKilowattHour: 0.5, perTerabyte: 1 };
    const without = range(nodes, prices);
    expect(without.after).to.deep.equal([100, 100, 100]);
    expect(without.costs.subtracted).to.equal(false);
    expect(without.costs.power).to.be.closeTo(3.6, 1e-9);
    expect(without.costs.traffic).to.be.closeTo(21.474_836_48, 1e-6);
    const [middle] = range(nodes, { ...prices, shm: 2 }).after;
    expect(middle).to.be.closeTo(100 - 3.6 / 2 - 21.474_836_48 / 2, 1e-6);
  });

  it("says that there is too little to go by, and then only what is known", () => {
    const four = Array.from({ length: 4 }, () => node("3", { gasWei: 5n }));
    const known = { kind: "too-little", paidWei: parseEther("12"), gasWei: 20n, paid: 4 } as const;
    expect(estimate(realised(four), price, unknown)).to.deep.equal({ ...known, nodes: 4, days: 30 });
    const many = Array.from({ length: 50 }, () => node("1"));
    const soon = estimate(realised(many, 6.9), price, unknown);
    expect(soon).to.deep.include({ kind: "too-little", nodes: 50, days: 6, paidWei: parseEther("50") });
    expect(estimate(realised([]), price, unknown)).to.deep.include({ kind: "too-little", nodes: 0, paidWei: 0n });
  });
});
